package io.backprocess.flink;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks from time to time how a batch's job is doing, while a command waits for it. */
public final class FlinkWatch {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    /** The time between two checks of the topics; each one opens another connection to Kafka. */
    private static final Duration TOPICS_PERIOD = Duration.ofSeconds(30);

    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final @Nullable FlinkCluster flink;
    private long next = System.nanoTime();
    private long nextTopics = System.nanoTime();
    private @Nullable FlinkState seen;
    private Optional<String> missing = Optional.empty();

    /** @param flink null when there is no cluster to query */
    public FlinkWatch(BatchPlan plan, KafkaClients kafka, @Nullable FlinkCluster flink) {
        this.plan = plan;
        this.kafka = kafka;
        this.flink = flink;
    }

    /** Returns the state of a few seconds ago at most; null when Flink does not report one. */
    @Nullable
    public FlinkState look() {
        if (flink != null && System.nanoTime() >= next) {
            next = System.nanoTime() + PERIOD.toNanos();
            seen = job(plan, flink).map(this::withMissingTopic).orElse(null);
        }
        return seen;
    }

    private FlinkState withMissingTopic(FlinkState job) {
        if (job.isTroubled() || System.nanoTime() >= nextTopics) {
            nextTopics = System.nanoTime() + TOPICS_PERIOD.toNanos();
            missing = missingTopic(plan, kafka);
        }
        return with(job, missing, plan);
    }

    /** Returns the state of a running batch's job; empty when Flink does not answer, or knows no job. */
    public static Optional<FlinkState> running(BatchPlan plan, KafkaClients kafka, FlinkCluster flink) {
        return job(plan, flink).map(job -> with(job, missingTopic(plan, kafka), plan));
    }

    /**
     * Returns the state of the youngest job of a batch that does not run; empty when Flink does not answer, or knows no job.
     */
    public static Optional<FlinkState> ended(BatchPlan plan, FlinkCluster flink) {
        return job(plan, flink).map(job -> job.with(null));
    }

    private static Optional<FlinkState> job(BatchPlan plan, FlinkCluster flink) {
        try {
            return flink.job(plan)
                    .flatMap(job -> FlinkState.of(flink, job.id(), plan.spec().batchId()));
        } catch (BatchException e) {
            return Optional.empty();
        }
    }

    /**
     * Puts the advice about a missing topic first. Flink notices a deleted topic only after waiting two minutes for it, and
     * then only reports that it has waited.
     */
    private static FlinkState with(FlinkState job, Optional<String> missing, BatchPlan plan) {
        return missing.map(topic ->
                        job.with(FlinkAdvice.ofMissingTopic(topic, plan.spec().batchId())))
                .orElse(job);
    }

    /** Returns the first deleted topic that the batch writes to; empty when both exist or Kafka does not answer. */
    public static Optional<String> missingTopic(BatchPlan plan, KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return Stream.of(plan.spec().resultTopic(), plan.spec().deadLetterTopic())
                    .filter(topic -> !admin.topicExists(topic))
                    .findFirst();
        } catch (BatchException e) {
            return Optional.empty();
        }
    }
}
