package io.backprocess.event;

/**
 * No record, but a mark between records: those of the source partition from {@code from} (inclusive) to {@code next}
 * (exclusive) have been read, and {@code read} of these offsets held a record. The marks of a partition lie end to end.
 */
public record Progress(int partition, long from, long next, long read) implements Outcome {}
