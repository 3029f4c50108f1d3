package io.backprocess.verify;

import java.io.Serializable;

/**
 * The offsets of one source partition that the ledger states, and the records that can be expected from them.
 *
 * @param start the start of the range, inclusive
 * @param end the end of the range, exclusive
 * @param next the source offset behind the highest one that the ledger counts; what the ledger lacks before it is missing
 * @param settledResults the source offset before which all results must be there; later ones may follow
 * @param settledDeadLetters the source offset before which all dead letters must be there; later ones may follow
 */
public record LedgerRange(int partition, long start, long end, long next, long settledResults, long settledDeadLetters)
        implements Serializable {

    /** Creates the empty range of a partition that is not in the plan, where no record may be. */
    static LedgerRange none(int partition) {
        return new LedgerRange(partition, 0, 0, 0, 0, 0);
    }

    boolean mustBeThere(Output output, long offset) {
        return offset < (output == Output.RESULTS ? settledResults : settledDeadLetters);
    }

    /** Tells whether a record with this source offset may be there although the ledger did not count it when it was read. */
    boolean mayRunAhead(long offset) {
        return offset >= next && offset < end;
    }

    boolean isIncomplete() {
        return next < end;
    }
}
