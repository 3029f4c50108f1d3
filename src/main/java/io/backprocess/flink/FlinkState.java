package io.backprocess.flink;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.render.Printable;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the batch's job does, as Flink says it: part of the JSON of {@code status}, where its field names are kept.
 *
 * @param state in Flink's words. A job whose subtasks wait for slots is RUNNING to Flink
 * @param restarts of the job since it was submitted
 * @param lastFailure the root cause of the last one, in one line; null where it has not failed
 * @param lastFailureAt when that was
 * @param subtasks that the job needs slots for
 * @param waiting of them without a slot
 * @param slots of the cluster, null where all subtasks have one
 * @param advice what to do; null where there is nothing to do
 */
public record FlinkState(
        String jobId,
        String state,
        long restarts,
        @Nullable String lastFailure,
        @Nullable Instant lastFailureAt,
        int subtasks,
        int waiting,
        @Nullable Integer slots,
        @Nullable String advice) {

    /** What Flink says of a job now; nothing where it has forgotten it. */
    static Optional<FlinkState> of(FlinkCluster flink, String jobId) {
        Optional<JsonNode> details = flink.find("/jobs/" + jobId);
        if (details.isEmpty()) {
            return Optional.empty();
        }
        int subtasks = 0;
        int waiting = 0;
        for (JsonNode vertex : details.get().path("vertices")) {
            JsonNode tasks = vertex.path("tasks");
            // Subtasks of all vertices share their slots.
            subtasks = Math.max(subtasks, vertex.path("parallelism").asInt());
            waiting = Math.max(
                    waiting,
                    tasks.path("SCHEDULED").asInt() + tasks.path("CREATED").asInt());
        }
        JsonNode failures = flink.find("/jobs/" + jobId + "/exceptions")
                .orElse(details.get())
                .at("/exceptionHistory/entries");
        JsonNode last = failures.path(0);
        String failure = last.isMissingNode()
                ? null
                : Printable.line(FlinkCluster.rootCause(last.path("stacktrace").asText("")));
        FlinkState state = new FlinkState(
                jobId,
                details.get().path("state").asText(),
                restarts(flink, jobId).orElse((long) failures.size()),
                failure,
                last.isMissingNode()
                        ? null
                        : Instant.ofEpochMilli(last.path("timestamp").asLong()),
                subtasks,
                waiting,
                waiting == 0 ? null : flink.slots(),
                null);
        return Optional.of(state.with(FlinkAdvice.of(state, Instant.now())));
    }

    /** Flink gathers its metrics only after somebody has asked for them. */
    private static Optional<Long> restarts(FlinkCluster flink, String jobId) {
        return flink.find("/jobs/" + jobId + "/metrics?get=numRestarts")
                .map(metrics -> metrics.at("/0/value").asText(""))
                .filter(value -> value.matches("\\d{1,18}"))
                .map(Long::parseLong);
    }

    FlinkState with(@Nullable String otherAdvice) {
        return new FlinkState(
                jobId, state, restarts, lastFailure, lastFailureAt, subtasks, waiting, slots, otherAdvice);
    }

    @JsonIgnore
    public boolean lacksSlots() {
        return slots != null && waiting > 0 && slots < subtasks;
    }

    @JsonIgnore
    public boolean isRestarting() {
        return switch (state) {
            case "RESTARTING", "FAILING" -> true;
            default -> false;
        };
    }

    /** Whether somebody who looks at the batch should know of it. */
    @JsonIgnore
    public boolean isTroubled() {
        return lacksSlots() || isRestarting() || restarts > 0 || lastFailure != null || advice != null;
    }
}
