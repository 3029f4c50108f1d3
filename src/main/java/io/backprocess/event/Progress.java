package io.backprocess.event;

/**
 * No record, but a mark between records: those of the source partition from {@code from} (inclusive) to {@code next}
 * (exclusive) have been read, and {@code read} of these offsets held a record. The marks of a partition lie end to end.
 *
 * @param keyless how many of those records had no key
 */
public record Progress(int partition, long from, long next, long read, long keyless) implements Outcome {
    /** Of records that all had a key. */
    public Progress(int partition, long from, long next, long read) {
        this(partition, from, next, read, 0);
    }
}
