package io.backprocess.event;

/**
 * The fate of a source record so far. Each step advances the outcomes that concern it and passes the others on unchanged. So the
 * ledger at the end counts every record exactly once.
 */
public sealed interface Outcome permits Event, Outside, Skipped, Duplicate, DeadLetter, Taken, Progress {
    /** Returns the source partition. */
    int partition();
}
