package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Ledgers that nobody has written. */
public final class Ledgers {
    private Ledgers() {}

    /** Of a batch over these ranges, of which these stretches are committed. */
    public static BatchLedger of(List<OffsetRange> ranges, OffsetRange... committed) {
        BatchLedger ledger = new BatchLedger(ranges);
        for (OffsetRange stretch : committed) {
            ledger.add(line(stretch), null, Instant.EPOCH);
        }
        return ledger;
    }

    static LedgerLine line(OffsetRange stretch) {
        long read = stretch.end() - stretch.start();
        return new LedgerLine(
                "batch",
                stretch.partition(),
                1,
                0,
                stretch.start(),
                stretch.end(),
                read,
                Map.of(),
                0,
                Map.of("rejected", 1L),
                read - 1,
                read - 1);
    }
}
