package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.TopicNames;
import io.backprocess.control.HiddenEnd;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the ledger that a recount is compared with. It reads every line, and checks the summaries against the lines. */
final class LedgerEvidence {
    /** The time to wait for another batch's open transaction in the same ledger partition. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final LedgerReader reader;
    private final RedriveLines redrives = new RedriveLines();
    private @Nullable BatchLedger ledger;

    LedgerEvidence(BatchPlan plan, KafkaClients kafka) {
        this.plan = plan;
        this.kafka = kafka;
        this.reader = LedgerReader.of(plan, kafka);
    }

    /**
     * Reads the ledger. If the batch is not complete, this waits for open transactions of other batches, and reports as unknown
     * what they still hide.
     */
    BatchLedger read(Unknowns unknowns, Findings findings) {
        LedgerLineProof lines = new LedgerLineProof(plan.spec(), findings);
        try (LedgerFollower follower = reader.follow(lines.andThen(redrives))) {
            BatchLedger read = follower.poll();
            if (!read.isComplete()) {
                settle(follower, unknowns);
            }
            for (long offset : follower.wrongSummaries()) {
                findings.add(
                        new Finding(
                                FindingKind.LEDGER_MISMATCH,
                                TopicNames.LEDGER,
                                plan.ledger().partition(),
                                offset,
                                "this summary is not the sum of the batch's ledger lines before it; status and other commands that read it may report other figures than the lines"));
            }
            ledger = read;
            return read;
        }
    }

    private void settle(LedgerFollower follower, Unknowns unknowns) {
        try {
            follower.pollSettled(PATIENCE);
        } catch (HiddenLedgerException e) {
            if (!follower.poll().isComplete()) {
                unknowns.add(
                        e.ledger().topic(),
                        e.ledger().partition(),
                        e.from(),
                        e.to(),
                        HiddenEnd.find(e, kafka).inWords());
            }
        }
    }

    /** Returns the lines of redrives that {@link #read} has found. */
    RedriveLines redrives() {
        return redrives;
    }

    /** Reads the ledger again; null if an open transaction still hides a part of it. */
    @Nullable
    BatchLedger readSettled() {
        try {
            return reader.readSettled(PATIENCE);
        } catch (HiddenLedgerException e) {
            return null;
        }
    }

    /** @throws BatchException if a redrive or a repair has written lines since {@link #read} */
    void refuseLaterLines() {
        if (reader.read().laterLines() > Objects.requireNonNull(ledger).laterLines()) {
            throw BatchException.failed(
                    "a redrive or a repair of batch '%s' wrote during the recount; run verify again when it is done"
                            .formatted(plan.spec().batchId()));
        }
    }
}
