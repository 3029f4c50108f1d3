package io.backprocess.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The plans of all batches, in the compacted topic {@code backprocess.batches}: key batch id, value JSON. Keys with a '/' are not plans. */
public final class PlanStore {
    private final KafkaAdmin admin;
    private final Properties kafka;

    public PlanStore(KafkaAdmin admin, Properties kafka) {
        this.admin = admin;
        this.kafka = kafka;
    }

    /**
     * What stands there at one moment. Anybody who may write to the topic can have written it, so each plan is read for itself:
     * a damaged one only concerns its own batch.
     */
    public static final class Plans {
        private final Map<String, ConsumerRecord<byte[], byte[]>> records = new LinkedHashMap<>();

        private void take(ConsumerRecord<byte[], byte[]> record) {
            String key = record.key() == null ? "/" : new String(record.key(), StandardCharsets.UTF_8);
            // What happens to a batch stands beside its plan, as MarkStore and BatchOwner write it.
            if (key.indexOf('/') < 0 && record.value() != null) {
                records.put(key, record);
            }
        }

        /** @throws BatchException refused, when the plan is damaged */
        public Optional<BatchPlan> find(String batchId) {
            return Optional.ofNullable(records.get(batchId)).map(record -> parse(batchId, record));
        }

        /**
         * Every batch, in the order in which they were planned.
         *
         * @param damaged is told of each that is left out
         */
        public Map<String, BatchPlan> readable(Consumer<BatchException> damaged) {
            Map<String, BatchPlan> plans = new LinkedHashMap<>();
            records.forEach((batchId, record) -> {
                try {
                    plans.put(batchId, parse(batchId, record));
                } catch (BatchException e) {
                    damaged.accept(e);
                }
            });
            return plans;
        }
    }

    /** @throws BatchException refused, when its plan is damaged */
    public Optional<BatchPlan> find(String batchId) {
        return all().find(batchId);
    }

    /** @throws BatchException usage, when there is no such batch; refused, when its plan is damaged */
    public BatchPlan get(String batchId) {
        Plans plans = all();
        return plans.find(batchId)
                .orElseThrow(
                        () -> unknown(batchId, plans.readable(damaged -> {}).keySet()));
    }

    static BatchException unknown(String batchId, Set<String> others) {
        return BatchException.usage(
                others.isEmpty()
                        ? "there is no batch '%s', and no other one on this Kafka; start one with: run"
                                .formatted(batchId)
                        : "there is no batch '%s'; the batches are: %s".formatted(batchId, String.join(", ", others)));
    }

    public Plans all() {
        Plans plans = new Plans();
        if (admin.topicExists(Topics.BATCHES)) {
            BatchesTopic.read(kafka, "read_uncommitted", plans::take);
        }
        return plans;
    }

    private static BatchPlan parse(String batchId, ConsumerRecord<byte[], byte[]> record) {
        try {
            BatchPlan plan = PlanJson.read(record.value());
            if (plan == null || !plan.spec().batchId().equals(batchId)) {
                throw new IOException("it is not of this batch");
            }
            plan.check();
            return plan;
        } catch (IOException | RuntimeException e) {
            throw BatchException.refused(
                    "the plan of batch '%s' in %s at offset %d is damaged (%s); it was changed by hand or by another version"
                            .formatted(batchId, Topics.BATCHES, record.offset(), reason(e)));
        }
    }

    private static String reason(Exception e) {
        return e instanceof NullPointerException
                ? "something is missing"
                : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
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
