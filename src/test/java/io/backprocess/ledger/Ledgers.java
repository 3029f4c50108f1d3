package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Ledgers that no job has written. */
public final class Ledgers {
    private Ledgers() {}

    /** Of a batch over these ranges, of which these stretches are committed. */
    public static BatchLedger of(List<OffsetRange> ranges, OffsetRange... committed) {
        BatchLedger ledger = new BatchLedger(ranges);
        for (OffsetRange span : committed) {
            ledger.add(line(span), null, Instant.EPOCH);
        }
        return ledger;
    }

    static LedgerLine line(OffsetRange span) {
        long read = span.end() - span.start();
        return new LedgerLine(
                "batch",
                span.partition(),
                1,
                0,
                new LedgerLine.Covered(span.start(), span.end()),
                new LedgerLine.Outcomes(read, Map.of(), 0, Map.of("rejected", 1L), read - 1, read - 1));
    }
}
