package io.backprocess.batch;

/** The scope in which two copies of an event are found. */
public enum DedupeScope {
    /** Copies are found in the same partition. There is no shuffle, and the order of the partition is kept. */
    PARTITION,
    /** Copies are found anywhere in the topic. Events travel to the subtask of their eventId, and their order is lost. */
    GLOBAL
}
