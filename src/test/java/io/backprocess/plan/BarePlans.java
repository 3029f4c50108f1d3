package io.backprocess.plan;

import io.backprocess.event.OffsetRange;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Specs;
import java.time.Instant;
import java.util.List;

/** Plans that are stored and not run. */
final class BarePlans {
    private BarePlans() {}

    /** As a first run makes it, for whichever test class comes first. */
    static void aTopicForAllBatches(KafkaBroker kafka) {
        String topic = kafka.unique("orders");
        kafka.createTopic(topic, 1);
        try (KafkaAdmin admin = new KafkaAdmin(kafka.properties())) {
            new Topics(admin).create(plan(kafka.unique("batch"), topic, 1));
        }
    }

    /** Of a topic that is not there. */
    static BatchPlan plan(String batch, long end) {
        return plan(batch, "orders", end);
    }

    private static BatchPlan plan(String batch, String topic, long end) {
        BatchSpec spec = Specs.whole(batch, topic);
        return BatchPlan.freeze(
                spec, List.of(new OffsetRange(0, 0, end)), null, 1024, 1, 2, 5, Instant.EPOCH, "test", null);
    }
}
