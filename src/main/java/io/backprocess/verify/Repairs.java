package io.backprocess.verify;

import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Repaired;
import java.util.List;

/**
 * What repairs have done in one partition. What they have written stands behind the rest; among itself it is in the order of
 * its source.
 *
 * @param spans the source offsets whose results they have written
 */
record Repairs(List<OffsetRange> spans, Repaired written) {

    static Repairs of(BatchLedger ledger, int partition) {
        return new Repairs(ledger.repairedStretches(partition), ledger.repaired(partition));
    }

    boolean isEmpty() {
        return spans.isEmpty() && written.deadLetters().isEmpty();
    }

    /** Where what they have written stands in the topic. */
    Offsets places(Output output) {
        return output == Output.RESULTS ? written.results() : written.deadLetters();
    }

    /** Whether what comes of the source offset was written by them. The dead letters of a lost stretch may have survived it. */
    boolean haveWritten(Output output, long sourceOffset) {
        return output == Output.RESULTS
                ? spans.stream().anyMatch(span -> sourceOffset >= span.start() && sourceOffset < span.end())
                : written.origins().contains(sourceOffset);
    }
}
