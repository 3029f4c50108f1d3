package io.backprocess.rewrite;

import io.backprocess.event.Outcome;

/** Writes the rows of results for a batch that feeds a table. */
@FunctionalInterface
interface RowWriter {
    RowWriter NONE = outcome -> outcome;

    /** Writes the rows of an outcome. It returns the outcome, or a dead letter where the table does not accept the rows. */
    Outcome write(Outcome outcome) throws InterruptedException;
}
