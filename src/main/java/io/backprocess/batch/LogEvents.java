package io.backprocess.batch;

/** The events that get a line of their own in the log. */
public enum LogEvents {
    /** Every result and every dead letter gets a line. */
    ALL,
    /** A limited number of dead letters between two checkpoints get a line; the others are only counted. */
    ERRORS,
    NONE
}
