package io.backprocess.verify;

/**
 * What the ledger says of one source partition, and so what may be expected of it.
 *
 * @param start of the range
 * @param end of the range
 * @param next the batch has committed the source offsets before this one
 * @param settledResults the results of source offsets before this one must be there; later ones may still be to come
 * @param settledDeadLetters the same for dead letters
 */
record LedgerRange(int partition, long start, long end, long next, long settledResults, long settledDeadLetters) {

    /** Of a partition that is not in the plan: nothing may be there. */
    static LedgerRange none(int partition) {
        return new LedgerRange(partition, 0, 0, 0, 0, 0);
    }

    boolean mustBeThere(Output output, long offset) {
        return offset < (output == Output.RESULTS ? settledResults : settledDeadLetters);
    }

    /** Whether a record of such an origin may be there that the ledger did not count yet when it was read. */
    boolean mayRunAhead(long offset) {
        return offset >= next && offset < end;
    }

    boolean isIncomplete() {
        return next < end;
    }
}
