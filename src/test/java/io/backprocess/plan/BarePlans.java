package io.backprocess.plan;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Specs;
import java.time.Instant;
import java.util.List;

/** Plans that are stored and not run. */
public final class BarePlans {
    private BarePlans() {}

    /** As a first run makes it, for whichever test class comes first. */
    public static void aTopicForAllBatches(KafkaBroker kafka) {
        String topic = kafka.unique("orders");
        kafka.createTopic(topic, 1);
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            new Topics(admin).create(plan(kafka.unique("batch"), topic, 1));
        }
    }

    /** Of a topic that is not there. */
    public static BatchPlan plan(String batch, long end) {
        return plan(batch, "orders", end);
    }

    private static BatchPlan plan(String batch, String topic, long end) {
        BatchSpec spec = Specs.whole(batch, topic);
        return BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(List.of(new OffsetRange(0, 0, end)), null),
                new BatchPlan.StateLayout(1024, 1),
                new BatchPlan.LedgerPlace(2, 5),
                new BatchPlan.Creation(Instant.EPOCH, "test", null));
    }
}
