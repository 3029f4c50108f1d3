package io.backprocess.batch;

/** How far apart two copies of an event may lie and still be found. */
public enum DedupeScope {
    /** In the same partition: no shuffle, the order of the partition is kept. */
    PARTITION,
    /** Anywhere in the topic: events travel to the subtask of their eventId, and the order is given up. */
    GLOBAL
}
