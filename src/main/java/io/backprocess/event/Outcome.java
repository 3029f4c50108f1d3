package io.backprocess.event;

/**
 * What has become of a source record so far. Each step takes the outcomes that concern it a step further and hands the
 * others on, so that the ledger at the end sees every record exactly once.
 */
public sealed interface Outcome permits Event, Outside, Skipped, Duplicate, DeadLetter, Taken, Progress {
    /** The source partition. */
    int partition();
}
