package io.backprocess.upsert;

/**
 * A range of the hashes of keys.
 *
 * @param from the first hash, inclusive
 * @param to the last hash, exclusive
 */
public record KeyRange(long from, long to) {
    /** The number of hashes. */
    public static final long HASHES = 1L << 32;

    boolean contains(RowKey key) {
        return key.place() >= from && key.place() < to;
    }

    long width() {
        return to - from;
    }
}
