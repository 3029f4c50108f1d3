package io.backprocess.metrics;

import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.plan.Retention;
import io.backprocess.plan.RetentionCheck;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Reads from Kafka what the source topic still has for a batch. */
final class SourceOutlook implements AutoCloseable {
    private final BatchPlan plan;
    private final Properties kafka;
    private @Nullable KafkaAdmin admin;

    SourceOutlook(BatchPlan plan, Properties kafka) {
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
        return new RetentionCheck(admin(), kafka).of(plan, ledger.next(), null, Instant.now());
    }

    private KafkaAdmin admin() {
        if (admin == null) {
            admin = new KafkaAdmin(kafka);
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
