package io.backprocess.verify;

import io.backprocess.batch.BatchSpec;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerLine;
import java.util.function.Consumer;

/** Checks in each ledger line what no sum shows: whose line it is, and that a redrive or a repair has no checkpoint. */
final class LedgerLineProof implements Consumer<BatchLedger.Commit> {
    private static final long NO_CHECKPOINT = -1;

    private final BatchSpec spec;
    private final Findings findings;

    LedgerLineProof(BatchSpec spec, Findings findings) {
        this.spec = spec;
        this.findings = findings;
    }

    @Override
    public void accept(BatchLedger.Commit commit) {
        LedgerLine line = commit.line();
        if (!line.batchId().equals(spec.batchId())) {
            add(
                    line,
                    "the ledger line %s states batch '%s', but its key is that of '%s'"
                            .formatted(place(line), line.batchId(), spec.batchId()));
        }
        boolean isLater = commit.redriven() != null || commit.repaired() != null;
        if (isLater && (line.checkpoint() != NO_CHECKPOINT || line.subtask() != 0)) {
            add(
                    line,
                    "the ledger line %s of a redrive or a repair states checkpoint %d and subtask %d, but must state %d and 0"
                            .formatted(place(line), line.checkpoint(), line.subtask(), NO_CHECKPOINT));
        }
    }

    private static String place(LedgerLine line) {
        Long from = line.covered().from();
        return from == null
                ? "without source offsets"
                : "of the source offsets %d to %d"
                        .formatted(from, line.covered().next());
    }

    private void add(LedgerLine line, String message) {
        Long from = line.covered().from();
        findings.add(new Finding(FindingKind.LEDGER_MISMATCH, spec.sourceTopic(), line.partition(), from, message));
    }
}
