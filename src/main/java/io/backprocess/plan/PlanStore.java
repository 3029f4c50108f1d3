package io.backprocess.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The plans of all batches, in the compacted topic {@code backprocess.batches}: key batch id, value JSON. Keys with a '/' are not plans. */
public final class PlanStore {
    private final KafkaAdmin admin;
    private final Properties kafka;

    public PlanStore(KafkaAdmin admin, Properties kafka) {
        this.admin = admin;
        this.kafka = kafka;
    }

    public Optional<BatchPlan> find(String batchId) {
        return Optional.ofNullable(all().get(batchId));
    }

    /** @throws BatchException usage, when there is no such batch */
    public BatchPlan get(String batchId) {
        Map<String, BatchPlan> plans = all();
        BatchPlan plan = plans.get(batchId);
        if (plan == null) {
            throw BatchException.usage("there is no batch '%s'; the batches are: %s"
                    .formatted(batchId, String.join(", ", plans.keySet())));
        }
        return plan;
    }

    /** Every batch, in the order in which they were planned. */
    public Map<String, BatchPlan> all() {
        Map<String, BatchPlan> plans = new LinkedHashMap<>();
        if (!admin.topicExists(Topics.BATCHES)) {
            return plans;
        }
        BatchesTopic.read(kafka, "read_uncommitted", record -> take(record, plans));
        return plans;
    }

    private static void take(ConsumerRecord<byte[], byte[]> record, Map<String, BatchPlan> plans) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        String batchId = new String(record.key(), StandardCharsets.UTF_8);
        if (batchId.indexOf('/') >= 0) {
            // What happens to a batch stands beside its plan, as MarkStore and BatchOwner write it.
            return;
        }
        try {
            BatchPlan plan = PlanJson.read(record.value());
            if (!plan.hash().equals(plan.computeHash())
                    || !plan.spec().batchId().equals(batchId)) {
                throw new IOException("its hash does not fit it");
            }
            plans.put(batchId, plan);
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            throw BatchException.refused(
                    "the plan of batch '%s' in %s at offset %d is damaged (%s); it was changed by hand or by another version"
                            .formatted(batchId, Topics.BATCHES, record.offset(), firstLine(e)));
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * Stores a new plan.
     *
     * @throws BatchException refused, when somebody else stored another plan for the batch at the same time
     */
    public void put(BatchPlan plan) {
        String batchId = plan.spec().batchId();
        BatchesTopic.write(kafka, batchId, PlanJson.write(plan));
        if (!get(batchId).hash().equals(plan.hash())) {
            throw BatchException.refused(
                    "somebody else has planned batch '%s' at this moment; look at it with: status --batch-id %s"
                            .formatted(batchId, batchId));
        }
    }
}
