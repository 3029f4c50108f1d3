package io.backprocess.status;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.HiddenEnd;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.OpenTransaction;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The visible part of a batch's ledger.
 *
 * @param hidden the range of the ledger's end that an open transaction hides; null if nothing is hidden, or if the batch is
 *     complete without it
 */
public record LedgerLook(BatchLedger ledger, @Nullable HiddenEnd hidden) {

    /** The hidden end in the JSON of {@code status}. Its field names must not change. */
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

    /** Reads the ledger. Waits at most {@code patience} for its hidden end, unless the batch is complete without it. */
    public static LedgerLook at(BatchPlan plan, KafkaClients kafka, Duration patience) {
        try (LedgerFollower follower = LedgerReader.of(plan, kafka).follow()) {
            return at(follower, kafka, patience);
        }
    }

    public static LedgerLook at(LedgerFollower follower, KafkaClients kafka, Duration patience) {
        BatchLedger ledger = follower.poll();
        if (ledger.isComplete()) {
            return new LedgerLook(ledger, null);
        }
        try {
            return new LedgerLook(follower.pollSettled(patience), null);
        } catch (HiddenLedgerException e) {
            // The follower may have read a part of the hidden lines while it waited.
            return new LedgerLook(ledger, ledger.isComplete() ? null : HiddenEnd.find(e, kafka));
        }
    }

    /** Tells whether the ledger's end is hidden by a transaction that is not known to belong to the batch itself. */
    public boolean isHiddenByAnother(String batchId) {
        return hidden != null && !hidden.isOwn(batchId, Set.of());
    }

    /**
     * Returns this if the answer does not depend on another client's open transaction. Lines that the batch's own transactions
     * hide are not committed: the transactions of a killed job stay open until the batch is resumed.
     *
     * @throws BatchException of kind "cannot tell" if the answer depends on lines that another transaction hides
     */
    public LedgerLook orCannotTell(String batchId) {
        return orCannotTell(batchId, Set.of());
    }

    /** @param open the partitions that the batch's open transactions write to, as far as they are known */
    public LedgerLook orCannotTell(String batchId, Set<TopicPartition> open) {
        if (hidden != null && !hidden.isOwn(batchId, open)) {
            throw hidden.cannotTell(batchId);
        }
        return this;
    }
}
