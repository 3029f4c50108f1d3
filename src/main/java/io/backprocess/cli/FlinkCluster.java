package io.backprocess.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.plan.BatchException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** What Flink's REST API says. */
final class FlinkCluster {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /**
     * One job of the cluster.
     *
     * @param state in Flink's words: RUNNING, FAILED …
     */
    record Job(String id, String name, String state, long started) {
        boolean isLive() {
            return switch (state) {
                case "FINISHED", "FAILED", "CANCELED", "SUSPENDED" -> false;
                default -> true;
            };
        }
    }

    private final String host;
    private final int port;

    FlinkCluster(String host, int port) {
        this.host = host;
        this.port = port;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    String webUi() {
        return "http://" + host + ":" + port;
    }

    /** The youngest job of a batch, live or not; Flink forgets those that ended long ago. */
    Optional<Job> job(String batchId) {
        String prefix = "backprocess " + batchId + ": ";
        return StreamSupport.stream(get("/jobs/overview").path("jobs").spliterator(), false)
                .map(job -> new Job(
                        job.path("jid").asText(),
                        job.path("name").asText(),
                        job.path("state").asText(),
                        job.path("start-time").asLong()))
                .filter(job -> job.name().startsWith(prefix))
                .max(Comparator.comparing(Job::isLive).thenComparing(Job::started));
    }

    int freeSlots() {
        return get("/overview").path("slots-available").asInt();
    }

    /** Why a job failed, in the words of its root cause. */
    String failure(String jobId) {
        String trace =
                get("/jobs/" + jobId + "/exceptions").path("root-exception").asText("");
        return trace.lines()
                .filter(line -> !line.startsWith("\tat ") && !line.startsWith("\t..."))
                .reduce((first, last) -> last)
                .map(line -> line.replaceFirst("^Caused by: ", ""))
                .orElse("no exception is known");
    }

    private JsonNode get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(webUi() + path))
                .timeout(TIMEOUT)
                .build();
        try {
            HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw BatchException.failed(
                        "Flink at %s answers %d to %s".formatted(webUi(), response.statusCode(), path));
            }
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw BatchException.unreachable(
                    "Flink at %s does not answer; check --flink, or start it (scripts/stack up)".formatted(webUi()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while waiting for Flink", e);
        }
    }
}
