package io.backprocess.batch;

/** The time of a record that decides whether an exact time range takes it. */
public enum ExactTimes {
    /** The record's own timestamp. */
    RECORD,
    /** The envelope's {@code eventTimestamp}. */
    EVENT
}
