package io.backprocess.batch;

/** Which events get a line of their own in the log. */
public enum LogEvents {
    /** Each result's and each dead letter's. */
    ALL,
    /** Dead letters, only so many between two checkpoints; the others as a number. */
    ERRORS,
    NONE
}
