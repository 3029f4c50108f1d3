package io.backprocess.flink;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks now and then how a batch's job does while somebody waits for it. */
public final class FlinkWatch {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    /** Each look at the topics is another connection to Kafka. */
    private static final Duration TOPICS_PERIOD = Duration.ofSeconds(30);

    private final BatchPlan plan;
    private final Properties kafka;
    private final @Nullable FlinkCluster flink;
    private long next = System.nanoTime();
    private long nextTopics = System.nanoTime();
    private @Nullable FlinkState seen;
    private Optional<String> missing = Optional.empty();

    /** @param flink null where there is no cluster that could be asked */
    public FlinkWatch(BatchPlan plan, Properties kafka, @Nullable FlinkCluster flink) {
        this.plan = plan;
        this.kafka = kafka;
        this.flink = flink;
    }

    /** As it was a few seconds ago at most; null where Flink does not say. */
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

    /** What Flink says of the job of a batch that runs; nothing where Flink does not answer, or knows none. */
    public static Optional<FlinkState> running(BatchPlan plan, Properties kafka, FlinkCluster flink) {
        return job(plan, flink).map(job -> with(job, missingTopic(plan, kafka), plan));
    }

    /** What Flink says of the youngest job of a batch that does not run; nothing where Flink does not answer, or knows none. */
    public static Optional<FlinkState> ended(BatchPlan plan, FlinkCluster flink) {
        return job(plan, flink).map(job -> job.with(null));
    }

    private static Optional<FlinkState> job(BatchPlan plan, FlinkCluster flink) {
        try {
            return flink.job(plan.spec().batchId()).flatMap(job -> FlinkState.of(flink, job.id()));
        } catch (BatchException e) {
            return Optional.empty();
        }
    }

    /** Flink learns of a topic that was deleted when it has waited two minutes for it, and then says only that it has waited. */
    private static FlinkState with(FlinkState job, Optional<String> missing, BatchPlan plan) {
        return missing.map(topic ->
                        job.with(FlinkAdvice.ofMissingTopic(topic, plan.spec().batchId())))
                .orElse(job);
    }

    /** The first topic that the batch writes to and that is gone; nothing where Kafka does not say. */
    public static Optional<String> missingTopic(BatchPlan plan, Properties kafka) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            return Stream.of(plan.spec().resultTopic(), plan.spec().deadLetterTopic())
                    .filter(topic -> !admin.topicExists(topic))
                    .findFirst();
        } catch (BatchException e) {
            return Optional.empty();
        }
    }
}
