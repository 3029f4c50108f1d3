package io.backprocess.rewrite;

import io.backprocess.event.Outcome;

/** Writes the rows of results, where the batch feeds a table. */
@FunctionalInterface
interface RowWriter {
    RowWriter NONE = outcome -> outcome;

    /** What has become of the event there: a dead letter where the table does not take it. */
    Outcome write(Outcome outcome) throws InterruptedException;
}
