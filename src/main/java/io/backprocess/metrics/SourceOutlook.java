package io.backprocess.metrics;

import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.plan.Retention;
import io.backprocess.plan.RetentionCheck;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads from Kafka what the source topic still has for a batch. */
final class SourceOutlook implements AutoCloseable {
    private final BatchPlan plan;
    private final KafkaClients kafka;
    private @Nullable KafkaAdmin admin;

    SourceOutlook(BatchPlan plan, KafkaClients kafka) {
        this.plan = plan;
        this.kafka = kafka;
    }

    /**
     * Returns the current stable end offset of each partition if the batch follows its topic. Otherwise it is empty, because the
     * ends in the plan do not move.
     *
     * @throws io.backprocess.batch.BatchException if Kafka does not answer
     */
    Map<Integer, Long> ends() {
        return plan.isFollowing() ? admin().stableEnds(plan.spec().sourceTopic()) : Map.of();
    }

    /**
     * Returns when Kafka may delete records that the batch has not read.
     *
     * @throws io.backprocess.batch.BatchException if Kafka does not answer
     */
    Retention retention(BatchLedger ledger) {
        return new RetentionCheck(admin()).of(plan, ledger.next(), null, Instant.now());
    }

    private KafkaAdmin admin() {
        if (admin == null) {
            admin = kafka.openAdmin();
        }
        return admin;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
            admin = null;
        }
    }
}
