package io.backprocess.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.batch.BatchException;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.rest.messages.TriggerId;
import org.jspecify.annotations.Nullable;

/** The checkpoints and savepoints of a cluster's jobs, as Flink's REST API reports them. */
public final class FlinkSnapshots {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The time within which a killed JobManager gets a successor. */
    private static final Duration RETURN_PATIENCE = Duration.ofSeconds(90);

    private final FlinkCluster flink;

    public FlinkSnapshots(FlinkCluster flink) {
        this.flink = flink;
    }

    /** Returns the directory for the checkpoints of jobs that name no other. */
    public Optional<String> checkpointDirectory() {
        return flink.configured("execution.checkpointing.dir", "state.checkpoints.dir");
    }

    public Optional<String> savepointDirectory() {
        return flink.configured("execution.checkpointing.savepoint-dir", "state.savepoints.dir");
    }

    /**
     * Returns the directory for a savepoint.
     *
     * @param given the directory that the user has named; null for Flink's own
     * @throws BatchException usage, if there is none
     */
    public String savepointDirectory(@Nullable String given) {
        return Optional.ofNullable(given)
                .or(this::savepointDirectory)
                .orElseThrow(() ->
                        BatchException.usage("Flink has no directory for savepoints; name one with --savepoint-dir, or"
                                + " set execution.checkpointing.savepoint-dir in Flink's configuration"));
    }

    /** Tells whether there is nothing at a snapshot's path; false if this process cannot look there. */
    public static boolean isGone(String path) {
        try {
            Path directory = new Path(path);
            return !directory.getFileSystem().exists(directory);
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** Returns the snapshots that a job took last, or started from, and that still exist; none when Flink forgot the job. */
    public List<String> of(String jobId) {
        JsonNode latest = flink.find("/jobs/" + jobId + "/checkpoints")
                .map(statistics -> statistics.path("latest"))
                .orElseGet(JsonNodeFactory.instance::objectNode);
        return Stream.of("completed", "savepoint", "restored")
                .map(latest::path)
                .filter(snapshot -> snapshot.path("external_path").asText("").contains("/"))
                .filter(snapshot -> !snapshot.path("discarded").asBoolean())
                .sorted(Comparator.<JsonNode>comparingLong(
                                snapshot -> snapshot.path("id").asLong())
                        .reversed())
                .map(snapshot -> snapshot.path("external_path").asText())
                .distinct()
                .toList();
    }

    /**
     * The result of stopping a job with a savepoint, without draining it.
     *
     * @param location the savepoint's path; null when there is none. Flink reports it once all tasks have finished, so
     *     everything up to it is committed
     * @param failure the reason in Flink's words; empty when there is none
     */
    public record Stop(@Nullable String location, String failure) {}

    /** Follows a stop with a savepoint. */
    public interface StopListener {
        /**
         * Called before each request.
         *
         * @param trigger the id by which Flink will know the request
         */
        void requesting(String trigger);

        /** Called repeatedly while the stop is under way. */
        void waiting();
    }

    /**
     * Stops a job with a savepoint, and tries again while the job lives. A task that is just starting or ending cannot take
     * part, and a JobManager that comes back has forgotten the request.
     *
     * @param directory where to write the savepoint; null for Flink's own directory
     * @param begun the trigger of a stop that another command has begun and that may still go on; null for none
     */
    public Stop stop(String jobId, @Nullable String directory, @Nullable String begun, StopListener listener)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Stop stop = begun == null ? tryToStop(jobId, directory, listener) : awaitStop(jobId, begun, listener);
        while (stop.location() == null && System.nanoTime() < deadline && mayLive(jobId)) {
            Thread.sleep(PAUSE.toMillis());
            stop = tryToStop(jobId, directory, listener);
        }
        return stop;
    }

    /** Tells whether the job may be live. A cluster that does not answer may still be running it. */
    private boolean mayLive(String jobId) {
        try {
            return flink.jobs().stream().anyMatch(job -> job.id().equals(jobId) && job.isLive());
        } catch (BatchException e) {
            return true;
        }
    }

    private Stop tryToStop(String jobId, @Nullable String directory, StopListener listener)
            throws InterruptedException {
        String trigger = new TriggerId().toHexString();
        listener.requesting(trigger);
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("drain", false).put("triggerId", trigger);
        if (directory != null) {
            body.put("targetDirectory", directory);
        }
        try {
            if (flink.post("/jobs/" + jobId + "/stop", body).isEmpty()) {
                return new Stop(null, "Flink does not stop the job now; it may have ended, or be starting");
            }
        } catch (BatchException e) {
            return new Stop(null, String.valueOf(e.getMessage()));
        }
        return awaitStop(jobId, trigger, listener);
    }

    /**
     * Waits for the outcome of a request. A JobManager that does not answer may come back, and then does not know the
     * request.
     */
    private Stop awaitStop(String jobId, String trigger, StopListener listener) throws InterruptedException {
        long silent = 0;
        while (true) {
            try {
                Optional<JsonNode> answer = flink.find("/jobs/" + jobId + "/savepoints/" + trigger);
                if (answer.isEmpty()) {
                    return new Stop(null, "Flink no longer knows the request");
                }
                if (answer.get().path("status").path("id").asText().equals("COMPLETED")) {
                    return outcome(answer.get().path("operation"));
                }
                silent = 0;
            } catch (BatchException e) {
                if (silent == 0) {
                    silent = System.nanoTime();
                } else if (System.nanoTime() - silent > RETURN_PATIENCE.toNanos()) {
                    return new Stop(null, String.valueOf(e.getMessage()));
                }
            }
            listener.waiting();
            Thread.sleep(POLL.toMillis());
        }
    }

    private static Stop outcome(JsonNode operation) {
        return operation.hasNonNull("location")
                ? new Stop(operation.path("location").asText(), "")
                : new Stop(
                        null,
                        FlinkCluster.rootCause(operation
                                .path("failure-cause")
                                .path("stack-trace")
                                .asText("")));
    }

    /**
     * Waits until the job has ended or the time is over, and returns the job; empty when Flink has forgotten it or does not
     * answer.
     */
    public Optional<FlinkCluster.Job> awaitEnd(String jobId, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<FlinkCluster.Job> job;
            try {
                job = flink.jobs().stream()
                        .filter(candidate -> candidate.id().equals(jobId))
                        .findFirst();
            } catch (BatchException e) {
                job = Optional.empty();
            }
            if (job.isEmpty() || !job.get().isLive() || System.nanoTime() > deadline) {
                return job;
            }
            Thread.sleep(POLL.toMillis());
        }
    }
}
