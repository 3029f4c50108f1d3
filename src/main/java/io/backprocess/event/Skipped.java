package io.backprocess.event;

/**
 * An event that the batch does not take. It is counted by its kind and not written.
 *
 * @param kind the event's process version, or {@link #NOT_SELECTED}
 */
public record Skipped(int partition, String kind) implements Outcome {
    /** The kind of events of the batch's version that its mapping does not select. */
    public static final String NOT_SELECTED = "not-selected";

    /** The kind of records without a value, where the mapping skips them. */
    public static final String TOMBSTONE = "tombstone";

    public Skipped(int partition, ProcessVersion version) {
        this(partition, version.toString());
    }
}
