package io.backprocess.verify;

import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Repaired;
import java.util.List;

/**
 * The work of repairs in one partition. The records that they have written come after the rest, and are among themselves in the
 * order of their source.
 *
 * @param spans the ranges of source offsets whose results the repairs have written
 * @param written the offsets of the records that the repairs have written
 */
record Repairs(List<OffsetRange> spans, Repaired written) {

    static Repairs of(BatchLedger ledger, int partition) {
        return new Repairs(ledger.repairedStretches(partition), ledger.repaired(partition));
    }

    boolean isEmpty() {
        return spans.isEmpty() && written.deadLetters().isEmpty();
    }

    /** Returns the offsets in the topic of the records that repairs have written. */
    Offsets places(Output output) {
        return output == Output.RESULTS ? written.results() : written.deadLetters();
    }

    /**
     * Tells whether repairs have written the records of the source offset. Dead letters of a lost span may have survived the
     * loss.
     */
    boolean haveWritten(Output output, long sourceOffset) {
        return output == Output.RESULTS
                ? spans.stream().anyMatch(span -> sourceOffset >= span.start() && sourceOffset < span.end())
                : written.origins().contains(sourceOffset);
    }
}
