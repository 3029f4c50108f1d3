package io.backprocess.status;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.HiddenEnd;
import io.backprocess.kafka.OpenTransaction;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a batch has committed, as far as it can be seen.
 *
 * @param hidden where somebody's open transaction hides the ledger's end; null where all is seen, or the batch is complete without it
 */
public record LedgerLook(BatchLedger ledger, @Nullable HiddenEnd hidden) {

    /** As status shows it in JSON; its field names are kept. */
    public record Hidden(
            int partition,
            long from,
            long to,
            @Nullable String transactionalId,
            @Nullable Long producerId,
            @Nullable Instant since,
            String message) {
        static Hidden of(HiddenEnd end) {
            return new Hidden(
                    end.ledger().partition(),
                    end.from(),
                    end.to(),
                    end.holder().map(OpenTransaction::transactionalId).orElse(null),
                    end.holder().map(OpenTransaction::producerId).orElse(null),
                    end.holder().map(OpenTransaction::since).orElse(null),
                    end.inWords());
        }
    }

    /** Waits so long for what is hidden, unless the batch is complete without it. */
    public static LedgerLook at(BatchPlan plan, Properties kafka, Duration patience) {
        try (LedgerFollower follower = LedgerReader.of(plan, kafka).follow()) {
            return at(follower, kafka, patience);
        }
    }

    public static LedgerLook at(LedgerFollower follower, Properties kafka, Duration patience) {
        BatchLedger ledger = follower.poll();
        if (ledger.isComplete()) {
            return new LedgerLook(ledger, null);
        }
        try {
            return new LedgerLook(follower.pollSettled(patience), null);
        } catch (HiddenLedgerException e) {
            // Some of it may have been seen meanwhile.
            return new LedgerLook(ledger, ledger.isComplete() ? null : HiddenEnd.find(e, kafka));
        }
    }

    /** Whether somebody hides the ledger's end who is not known to be the batch itself. */
    public boolean isHiddenByAnother(String batchId) {
        return hidden != null
                && !hidden.holder().flatMap(OpenTransaction::batchId).equals(Optional.of(batchId));
    }

    /**
     * What the batch's own transactions hide is not committed: those of a job that was killed are there until it is resumed.
     *
     * @throws BatchException cannot tell, where the answer would depend on what another hides
     */
    public LedgerLook orCannotTell(String batchId) {
        if (hidden != null && isHiddenByAnother(batchId)) {
            throw hidden.cannotTell(batchId);
        }
        return this;
    }
}
