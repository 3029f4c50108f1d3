package io.backprocess.plan;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.TopicNames;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.kafka.FencedWriter;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.render.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The plans of all batches, in the compacted topic {@code backprocess.batches}: key batch id, value JSON. Keys with a '/' are
 * not plans.
 */
public final class PlanStore {
    private static final int ATTEMPTS = 10;
    /** The number of other batches that an error names. */
    private static final int NAMED = 20;

    private static final Duration MOST_PAUSE = Duration.ofMillis(200);

    private final KafkaAdmin admin;
    private final KafkaClients kafka;

    public PlanStore(KafkaAdmin admin) {
        this.admin = admin;
        this.kafka = admin.clients();
    }

    /**
     * The content of the topic at one moment. Any client with the right to write can have written a record, so each plan is
     * parsed separately: a damaged plan affects only its own batch.
     */
    public static final class Plans {
        private final Map<String, ConsumerRecord<byte[], byte[]>> records = new LinkedHashMap<>();
        private final @Nullable String only;

        private Plans(@Nullable String only) {
            this.only = only;
        }

        private static Plans ofAll() {
            return new Plans(null);
        }

        /** Creates an object that keeps the plan of one batch. There may be many others, and plans may be large. */
        public static Plans of(String batchId) {
            return new Plans(batchId);
        }

        public void take(ConsumerRecord<byte[], byte[]> record) {
            String key = record.key() == null ? "/" : new String(record.key(), StandardCharsets.UTF_8);
            // Records with a '/' tell what happens to a batch; MarkStore and BatchOwner write them.
            boolean isWanted = only == null ? key.indexOf('/') < 0 : key.equals(only);
            if (isWanted && record.value() != null) {
                records.put(key, record);
            }
        }

        /** @throws BatchException refused, when the plan is damaged */
        public Optional<BatchPlan> find(String batchId) {
            return Optional.ofNullable(records.get(batchId)).map(record -> parse(batchId, record));
        }

        /**
         * Returns every batch whose plan can be read, by batch id, in the order in which they were planned.
         *
         * @param damaged receives the exception for each plan that is left out
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

    /**
     * Returns the batch's plan; empty when there is no such batch.
     *
     * @throws BatchException refused, when its plan is damaged
     */
    public Optional<BatchPlan> find(String batchId) {
        if (!admin.topicExists(TopicNames.BATCHES)) {
            return Optional.empty();
        }
        Optional<BatchPlan> found = stable(Plans.of(batchId)).find(batchId);
        return found.isPresent() ? found : committed(batchId);
    }

    /** Returns the committed plan. This waits for another process's open transaction that comes before it. */
    private Optional<BatchPlan> committed(String batchId) {
        Plans plans = Plans.of(batchId);
        admin.batches().readSettled(plans::take);
        return plans.find(batchId);
    }

    /** @throws BatchException usage, when there is no such batch; refused, when its plan is damaged */
    public BatchPlan get(String batchId) {
        return find(batchId)
                .orElseThrow(
                        () -> unknown(batchId, all().readable(damaged -> {}).keySet()));
    }

    public static BatchException unknown(String batchId, Set<String> others) {
        if (others.isEmpty()) {
            return BatchException.usage(
                    "there is no batch '%s', and no other batch on this Kafka; start one with: run".formatted(batchId));
        }
        return BatchException.usage(
                others.size() <= NAMED
                        ? "there is no batch '%s'; the batches are: %s".formatted(batchId, String.join(", ", others))
                        : "there is no batch '%s'; the newest of %s are: %s; list all with: batches"
                                .formatted(
                                        batchId,
                                        Words.count(others.size()),
                                        others.stream()
                                                .skip(others.size() - NAMED)
                                                .collect(Collectors.joining(", "))));
    }

    /** Returns what is committed now. This does not wait for open transactions. */
    public Plans all() {
        return admin.topicExists(TopicNames.BATCHES) ? stable(Plans.ofAll()) : Plans.ofAll();
    }

    private Plans stable(Plans plans) {
        admin.batches().readStable(plans::take);
        return plans;
    }

    private static BatchPlan parse(String batchId, ConsumerRecord<byte[], byte[]> record) {
        try {
            BatchPlan plan = PlanJson.read(record.value());
            if (plan == null || !plan.spec().batchId().equals(batchId)) {
                throw new IOException("it belongs to another batch");
            }
            plan.check();
            return plan;
        } catch (IOException | RuntimeException e) {
            throw BatchException.refused(
                    "the plan of batch '%s' in %s at offset %d is damaged (%s); it was changed by hand or by another version"
                            .formatted(batchId, TopicNames.BATCHES, record.offset(), reason(e)));
        }
    }

    private static String reason(Exception e) {
        return e instanceof NullPointerException
                ? "a member is missing"
                : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * Stores a new plan, unless the batch has one.
     *
     * <p>When two processes plan the same batch at once, Kafka lets only one at a time write under the batch's transactional
     * id. Each process checks for a plan again when it has the id. A process whose commit fails, or that finds a plan then,
     * uses the other's plan.
     *
     * @return the batch's plan from now on: this one, or the one that another process stored first
     * @throws BatchException refused, when the stored plan is damaged or other processes keep planning the batch
     */
    public BatchPlan putIfAbsent(BatchPlan plan) {
        String batchId = plan.spec().batchId();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try (FencedWriter writer = FencedWriter.open(TransactionalIds.of(batchId, TransactionalIds.PLAN), kafka)) {
                Optional<BatchPlan> stored = committed(batchId);
                if (stored.isPresent()) {
                    return stored.get();
                }
                writer.write(batchId, PlanJson.write(plan));
                return plan;
            } catch (FencedWriter.Fenced e) {
                // The process that came in between is about to store a plan.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1, MOST_PAUSE.toNanos() * attempt));
            }
        }
        throw BatchException.refused(
                "other processes plan batch '%s' at this moment; check it with: status --batch-id %s"
                        .formatted(batchId, batchId));
    }

    /** @throws BatchException refused, when the batch has another plan */
    public void put(BatchPlan plan) {
        if (!putIfAbsent(plan).hash().equals(plan.hash())) {
            throw BatchException.refused("batch '%s' has another plan; check it with: status --batch-id %s"
                    .formatted(plan.spec().batchId(), plan.spec().batchId()));
        }
    }
}
