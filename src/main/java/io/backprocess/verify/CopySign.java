package io.backprocess.verify;

/** The known facts about one copy of an event, in the order in which copies of an eventId are decided. */
enum CopySign {
    /** Results of it are there, so it was taken. */
    RESULTS_THERE,
    /** A dead letter of it is there that a revision or a table has caused, so it was taken. */
    DEAD_LETTER_THERE,
    /** Some record of it is there, but its outcome is not known now. */
    RECORDS_THERE,
    /** No record of it is there, and none need be, because the revision makes no result of it. */
    NO_RESULTS,
    /** No record of it is there: it is a duplicate, or its results are missing. */
    RESULTS_ABSENT,
    /** No record of it is there: it is a duplicate, or its dead letter is missing. */
    DEAD_LETTER_ABSENT,
    /** A dead letter states that another copy was taken. */
    CONFLICT;

    /** Tells whether the copy was taken, whatever is known of others. */
    boolean isTaken() {
        return compareTo(RECORDS_THERE) <= 0;
    }
}
