package io.backprocess.flink;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what to do about a job that does not run well, based on its last failure. */
public final class FlinkAdvice {
    /** Advice by the words of a failure; the first pattern that the failure contains decides. */
    private static final Map<Pattern, String> BY_FAILURE = new LinkedHashMap<>();

    static {
        BY_FAILURE.put(
                Pattern.compile("OutOfMemoryError|Metaspace"),
                "give the TaskManagers more memory (plan --size says how much), or bound the eventIds with --dedupe-memory");
        BY_FAILURE.put(
                Pattern.compile("AuthorizationException|not authorized|Access denied"),
                "grant the right; plan names all that are missing, with the commands");
        BY_FAILURE.put(
                Pattern.compile("UnknownTopicOrPartition|not present in metadata"),
                "check whether Kafka answers and the topic still exists: kafka-topics --describe");
        BY_FAILURE.put(
                Pattern.compile(
                        "TimeoutException|DisconnectException|BrokerNotAvailable|No resolvable bootstrap|Connection refused"),
                "check whether Kafka answers the TaskManagers; the job tries again by itself");
        BY_FAILURE.put(
                Pattern.compile("No space left|Read-only file system"),
                "make room where Flink keeps checkpoints and its local state; the job tries again by itself");
        BY_FAILURE.put(
                Pattern.compile("TaskManager|heartbeat|Heartbeat|RemoteTransport|Connection unexpectedly closed"),
                "check whether all TaskManagers are alive; the job goes on by itself once its slots are back");
        BY_FAILURE.put(
                Pattern.compile("checkpoint|Checkpoint"),
                "check whether the checkpoint directory can be written to; Flink's web UI says which subtask fails");
    }

    /** A job that has not failed again for this long needs no advice. */
    private static final Duration FORGIVEN = Duration.ofMinutes(10);

    private static final String HOW_TO_CANCEL = "in Flink's web UI, or: flink cancel";

    private FlinkAdvice() {}

    static @Nullable String of(FlinkState state, Instant now) {
        if (state.lacksSlots()
                || (state.isRestarting() && lacksResources(state.failures().lastFailure()))) {
            return "start TaskManagers (native Kubernetes does so by itself), or cancel Flink job %s (%s) and start it again with --parallelism %s (with resume, or with run if it has committed nothing)"
                    .formatted(
                            state.jobId(),
                            HOW_TO_CANCEL,
                            state.needs().slots() == null
                                    ? "N"
                                    : Math.max(1, state.needs().slots()));
        }
        String failure = state.failures().lastFailure();
        boolean past = !state.isRestarting()
                && state.failures().lastFailureAt() != null
                && state.failures().lastFailureAt().plus(FORGIVEN).isBefore(now);
        if (failure == null || past) {
            return null;
        }
        return BY_FAILURE.entrySet().stream()
                .filter(known -> known.getKey().matcher(failure).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("read its exceptions in Flink's web UI, and docs/runbook.md under BackprocessRestartLoop");
    }

    private static boolean lacksResources(@Nullable String failure) {
        return failure != null
                && (failure.contains("NoResourceAvailable") || failure.contains("Could not acquire the minimum"));
    }

    /**
     * Returns the advice for a deleted topic. What was written is lost with the topic, so this batch cannot become complete.
     */
    public static String ofMissingTopic(String topic, String batchId) {
        return "topic %s is deleted, and what the batch has written into it is lost; cancel the job if it still exists (%s). %s"
                .formatted(topic, HOW_TO_CANCEL, toStartAgain(batchId));
    }

    /** Returns the advice for a batch that cannot become complete any more. */
    public static String toStartAgain(String batchId) {
        return "Give it up with: abandon --batch-id %s --execute, and run the range again under a new batch id"
                .formatted(batchId);
    }

    /** Returns a text to append to the failure of a job that has ended; empty when there is no advice. */
    public static String afterAnEnd(String failure) {
        return lacksResources(failure) ? "; start TaskManagers, or start it again with a smaller --parallelism" : "";
    }
}
