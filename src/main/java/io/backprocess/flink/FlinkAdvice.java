package io.backprocess.flink;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What to do about a job that does not run as it should, by its last failure. */
public final class FlinkAdvice {
    /** The first whose words are in the failure counts. */
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
                "look whether Kafka answers and the topic is still there: kafka-topics --describe");
        BY_FAILURE.put(
                Pattern.compile(
                        "TimeoutException|DisconnectException|BrokerNotAvailable|No resolvable bootstrap|Connection refused"),
                "look whether Kafka answers the TaskManagers; the job tries again by itself");
        BY_FAILURE.put(
                Pattern.compile("No space left|Read-only file system"),
                "make room where Flink keeps checkpoints and its local state; the job tries again by itself");
        BY_FAILURE.put(
                Pattern.compile("TaskManager|heartbeat|Heartbeat|RemoteTransport|Connection unexpectedly closed"),
                "look whether all TaskManagers are alive; the job goes on by itself once its slots are back");
        BY_FAILURE.put(
                Pattern.compile("checkpoint|Checkpoint"),
                "look whether the checkpoint directory can be written to; Flink's web UI says which subtask fails");
    }

    /** After so long without another failure a job is well again. */
    private static final Duration FORGIVEN = Duration.ofMinutes(10);

    private static final String HOW_TO_CANCEL = "in Flink's web UI, or: flink cancel";

    private FlinkAdvice() {}

    static @Nullable String of(FlinkState state, Instant now) {
        if (state.lacksSlots() || (state.isRestarting() && lacksResources(state.lastFailure()))) {
            return "start TaskManagers (native Kubernetes does so by itself), or cancel Flink job %s (%s) and start it again with --parallelism %s (resume; run, if it has committed nothing)"
                    .formatted(state.jobId(), HOW_TO_CANCEL, state.slots() == null ? "N" : Math.max(1, state.slots()));
        }
        String failure = state.lastFailure();
        boolean past = !state.isRestarting()
                && state.lastFailureAt() != null
                && state.lastFailureAt().plus(FORGIVEN).isBefore(now);
        if (failure == null || past) {
            return null;
        }
        return BY_FAILURE.entrySet().stream()
                .filter(known -> known.getKey().matcher(failure).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(
                        "look at its exceptions in Flink's web UI, and at docs/runbook.md under BackprocessRestartLoop");
    }

    private static boolean lacksResources(@Nullable String failure) {
        return failure != null
                && (failure.contains("NoResourceAvailable") || failure.contains("Could not acquire the minimum"));
    }

    /** What was written is lost with its topic, so nothing makes this batch whole. */
    public static String ofMissingTopic(String topic, String batchId) {
        return "topic %s is gone, and what the batch has written into it with it; cancel the job if it is still there (%s). %s"
                .formatted(topic, HOW_TO_CANCEL, toStartAgain(batchId));
    }

    /** What nothing makes whole any more. */
    public static String toStartAgain(String batchId) {
        return "Give it up with: abandon --batch-id %s --execute, and run the range again under a new batch id"
                .formatted(batchId);
    }

    /** Behind the failure of a job that has ended; empty where there is no advice. */
    public static String afterAnEnd(String failure) {
        return lacksResources(failure) ? "; start TaskManagers, or start it again with a smaller --parallelism" : "";
    }
}
