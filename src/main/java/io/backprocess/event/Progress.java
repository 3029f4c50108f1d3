package io.backprocess.event;

/**
 * A mark between records. The records of the source partition from {@code from} (inclusive) to {@code next} (exclusive) have been
 * read, and {@code read} of these offsets held a record. The marks of a partition are contiguous.
 *
 * @param keyless the number of those records that had no key
 */
public record Progress(int partition, long from, long next, long read, long keyless) implements Outcome {
    /** Creates a mark for records that all had a key. */
    public Progress(int partition, long from, long next, long read) {
        this(partition, from, next, read, 0);
    }
}
