package io.backprocess.flink;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.render.Printable;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of the batch's job as Flink reports it. It is part of the JSON of {@code status}, which keeps its field names.
 *
 * @param state the state in Flink's words. A job whose subtasks wait for slots is RUNNING to Flink
 * @param advice what to do; null when there is nothing to do
 * @param holding whether events wait for a service that a revision asks, or for the schema registry
 */
public record FlinkState(
        String jobId,
        String state,
        @JsonUnwrapped Failures failures,
        @JsonUnwrapped Needs needs,
        @Nullable String advice,
        boolean holding) {

    /**
     * The failures of the job.
     *
     * @param restarts the number of restarts since the job was submitted
     * @param lastFailure the root cause of the last failure, in one line; null when the job has not failed
     * @param lastFailureAt when the job failed last; null when it has not failed
     */
    public record Failures(
            long restarts,
            @Nullable String lastFailure,
            @Nullable Instant lastFailureAt) {}

    /**
     * The slots that the job needs.
     *
     * @param subtasks the number of subtasks that need a slot
     * @param waiting the number of these subtasks that have no slot
     * @param slots the number of slots of the cluster; null when all subtasks have one
     */
    public record Needs(int subtasks, int waiting, @Nullable Integer slots) {}

    /** Returns what Flink says about a batch's job now; empty when Flink has forgotten it. */
    public static Optional<FlinkState> of(FlinkCluster flink, String jobId, String batchId) {
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
                new Failures(
                        restarts(flink, jobId).orElse((long) failures.size()),
                        failure,
                        last.isMissingNode()
                                ? null
                                : Instant.ofEpochMilli(last.path("timestamp").asLong())),
                new Needs(subtasks, waiting, waiting == 0 ? null : flink.slots()),
                null,
                HoldingGauges.show(flink, details.get(), batchId));
        return Optional.of(state.with(FlinkAdvice.of(state, Instant.now())));
    }

    /**
     * Reads the number of restarts. Flink collects its metrics only after a first request, so the first answer may be empty.
     */
    private static Optional<Long> restarts(FlinkCluster flink, String jobId) {
        return flink.find("/jobs/" + jobId + "/metrics?get=numRestarts")
                .map(metrics -> metrics.at("/0/value").asText(""))
                .filter(value -> value.matches("\\d{1,18}"))
                .map(Long::parseLong);
    }

    FlinkState with(@Nullable String otherAdvice) {
        return new FlinkState(jobId, state, failures, needs, otherAdvice, holding);
    }

    @JsonIgnore
    public boolean lacksSlots() {
        return needs.slots != null && needs.waiting > 0 && needs.slots < needs.subtasks;
    }

    @JsonIgnore
    public boolean isRestarting() {
        return switch (state) {
            case "RESTARTING", "FAILING" -> true;
            default -> false;
        };
    }

    /** Tells whether the user of {@code status} should see this state. */
    @JsonIgnore
    public boolean isTroubled() {
        return lacksSlots()
                || isRestarting()
                || failures.restarts > 0
                || failures.lastFailure != null
                || advice != null;
    }
}
