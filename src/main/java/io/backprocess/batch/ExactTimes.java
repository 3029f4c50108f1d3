package io.backprocess.batch;

/** Which time of a record decides whether an exact range takes it. */
public enum ExactTimes {
    /** The record's own timestamp. */
    RECORD,
    /** The envelope's {@code eventTimestamp}. */
    EVENT
}
