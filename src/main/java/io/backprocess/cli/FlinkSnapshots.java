package io.backprocess.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.plan.BatchException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The checkpoints and savepoints of a cluster's jobs, as its REST API knows them. */
final class FlinkSnapshots {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FlinkCluster flink;

    FlinkSnapshots(FlinkCluster flink) {
        this.flink = flink;
    }

    /** Where jobs keep their checkpoints that say nothing else. */
    Optional<String> checkpointDirectory() {
        return configured("execution.checkpointing.dir", "state.checkpoints.dir");
    }

    Optional<String> savepointDirectory() {
        return configured("execution.checkpointing.savepoint-dir", "state.savepoints.dir");
    }

    private Optional<String> configured(String... keys) {
        JsonNode configuration = flink.get("/jobmanager/config");
        return Stream.of(keys)
                .flatMap(key -> StreamSupport.stream(configuration.spliterator(), false)
                        .filter(entry -> entry.path("key").asText().equals(key)))
                .map(entry -> entry.path("value").asText())
                .filter(directory -> !directory.isEmpty())
                .findFirst();
    }

    /** The newest snapshot that a job took, or started from, and that still exists; nothing where Flink forgot the job. */
    Optional<String> newest(String jobId) {
        JsonNode latest = flink.find("/jobs/" + jobId + "/checkpoints")
                .map(statistics -> statistics.path("latest"))
                .orElseGet(() -> new ObjectMapper().createObjectNode());
        return Stream.of("completed", "savepoint", "restored")
                .map(latest::path)
                .filter(snapshot -> snapshot.path("external_path").asText("").contains("/"))
                .filter(snapshot -> !snapshot.path("discarded").asBoolean())
                .max(Comparator.comparingLong(snapshot -> snapshot.path("id").asLong()))
                .map(snapshot -> snapshot.path("external_path").asText());
    }

    /**
     * Stops a job with a savepoint, never drained.
     *
     * @param location of the savepoint, null where there is none
     * @param failure in Flink's words, empty where there is none
     */
    record Stop(@Nullable String location, String failure) {}

    /**
     * Tried again while the job lives: a task that is just starting or ending cannot take part.
     *
     * @param meanwhile called again and again
     */
    Stop stop(String jobId, @Nullable String directory, Runnable meanwhile) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Stop stop = tryToStop(jobId, directory, meanwhile);
            if (stop.location() != null
                    || System.nanoTime() > deadline
                    || flink.jobs().stream().noneMatch(job -> job.id().equals(jobId) && job.isLive())) {
                return stop;
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private Stop tryToStop(String jobId, @Nullable String directory, Runnable meanwhile) throws InterruptedException {
        ObjectNode body = new ObjectMapper().createObjectNode().put("drain", false);
        if (directory != null) {
            body.put("targetDirectory", directory);
        }
        Optional<JsonNode> triggered = flink.post("/jobs/" + jobId + "/stop", body);
        if (triggered.isEmpty()) {
            return new Stop(null, "Flink does not stop the job now; it may have ended, or be starting");
        }
        String path = "/jobs/" + jobId + "/savepoints/"
                + triggered.get().path("request-id").asText();
        JsonNode answer = flink.get(path);
        while (!answer.path("status").path("id").asText().equals("COMPLETED")) {
            meanwhile.run();
            Thread.sleep(POLL.toMillis());
            answer = flink.get(path);
        }
        JsonNode operation = answer.path("operation");
        return operation.hasNonNull("location")
                ? new Stop(operation.path("location").asText(), "")
                : new Stop(
                        null,
                        lastCause(operation
                                .path("failure-cause")
                                .path("stack-trace")
                                .asText("")));
    }

    private static String lastCause(String trace) {
        return trace.lines()
                .filter(line -> !line.startsWith("\tat ") && !line.startsWith("\t..."))
                .reduce((first, last) -> last)
                .map(line -> line.replaceFirst("^Caused by: ", ""))
                .orElse("Flink gives no reason");
    }

    /** When it returns, the job has ended, or the time is over. */
    FlinkCluster.Job awaitEnd(String jobId, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            FlinkCluster.Job job = flink.jobs().stream()
                    .filter(candidate -> candidate.id().equals(jobId))
                    .findFirst()
                    .orElseThrow(() -> BatchException.failed("Flink has forgotten job " + jobId));
            if (!job.isLive() || System.nanoTime() > deadline) {
                return job;
            }
            Thread.sleep(POLL.toMillis());
        }
    }
}
