package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.KafkaAdmin;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks now and then how a batch's job does while somebody waits for it. */
final class FlinkWatch {
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final BatchPlan plan;
    private final Properties kafka;
    private final @Nullable FlinkCluster flink;
    private long next = System.nanoTime();
    private @Nullable FlinkState seen;

    /** @param flink null where there is no cluster that could be asked */
    FlinkWatch(BatchPlan plan, Properties kafka, @Nullable FlinkCluster flink) {
        this.plan = plan;
        this.kafka = kafka;
        this.flink = flink;
    }

    /** As it was a few seconds ago at most; null where Flink does not say. */
    @Nullable
    FlinkState look() {
        if (flink != null && System.nanoTime() >= next) {
            next = System.nanoTime() + PERIOD.toNanos();
            seen = ask(plan, kafka, flink, BatchState.RUNNING).orElse(null);
        }
        return seen;
    }

    /** What Flink says of the batch's youngest job; nothing where it does not answer, or knows none. */
    static Optional<FlinkState> ask(BatchPlan plan, Properties kafka, FlinkCluster flink, BatchState state) {
        try {
            Optional<FlinkState> asked =
                    flink.job(plan.spec().batchId()).flatMap(job -> FlinkState.of(flink, job.id()));
            return state == BatchState.RUNNING
                    ? asked.map(job -> job.isTroubled() ? withMissingTopics(plan, kafka, job) : job)
                    : asked.map(job -> job.with(null));
        } catch (BatchException e) {
            return Optional.empty();
        }
    }

    /** Kafka's clients say of a topic that was deleted only that they have waited for it. */
    private static FlinkState withMissingTopics(BatchPlan plan, Properties kafka, FlinkState job) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            return Stream.of(plan.spec().resultTopic(), plan.spec().deadLetterTopic())
                    .filter(topic -> !admin.topicExists(topic))
                    .findFirst()
                    .map(topic -> job.with(
                            FlinkAdvice.ofMissingTopic(topic, plan.spec().batchId())))
                    .orElse(job);
        }
    }
}
