package io.backprocess.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.job.BackprocessJob;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A client of Flink's REST API, over {@code java.net.http}. Every command that asks a cluster uses it; only the submission of a
 * job goes through Flink's own client.
 */
public final class FlinkCluster {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** The answer of a JobManager that is not the leader and knows no leader. */
    private static final int UNAVAILABLE = 503;

    /**
     * One job of the cluster.
     *
     * @param state the state in Flink's words: RUNNING, FAILED …
     * @param started when it was started, in milliseconds since the epoch
     */
    public record Job(String id, String name, String state, long started) {
        /** Tells whether the job reached its end, or was stopped with a savepoint. */
        public boolean isFinished() {
            return state.equals("FINISHED");
        }

        public boolean isFailed() {
            return state.equals("FAILED");
        }

        public boolean isLive() {
            return switch (state) {
                case "FINISHED", "FAILED", "CANCELED", "SUSPENDED" -> false;
                default -> true;
            };
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("backprocess ([^:]+): ");
    private static final Comparator<Job> YOUNGEST =
            Comparator.comparing(Job::isLive).thenComparing(Job::started);

    private final String host;
    private final int port;
    /** The JobManager's configuration, which stays the same while it runs; null until it is asked for. */
    private @Nullable JsonNode configuration;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).sslContext(unused()).build();

    public FlinkCluster(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /**
     * Returns an SSL context that trusts nothing. The client asks for a context although its addresses begin with http, and the
     * default one would first read all certificates that this Java trusts.
     */
    private static SSLContext unused() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    public String webUi() {
        return "http://" + host + ":" + port;
    }

    /** Returns the youngest job of a batch, preferring a live one. Flink forgets jobs that ended long ago. */
    public Optional<Job> job(BatchPlan plan) {
        return Optional.ofNullable(byBatch(List.of(plan)).get(plan.spec().batchId()));
    }

    /**
     * Returns the youngest job of each batch, preferring a live one, by batch id. A job that has the name of a batch and states the
     * hash of another plan is not the batch's: a batch of another Kafka may have the same id.
     */
    public Map<String, Job> byBatch(Collection<BatchPlan> plans) {
        Map<String, List<Job>> named = new HashMap<>();
        for (Job job : jobs()) {
            Matcher name = NAME.matcher(job.name());
            if (name.lookingAt()) {
                named.computeIfAbsent(name.group(1), any -> new ArrayList<>()).add(job);
            }
        }
        Map<String, Job> youngest = new HashMap<>();
        for (BatchPlan plan : plans) {
            String batchId = plan.spec().batchId();
            named.getOrDefault(batchId, List.of()).stream()
                    .sorted(YOUNGEST.reversed())
                    .filter(job -> mayStem(job, plan.hash()))
                    .findFirst()
                    .ifPresent(job -> youngest.put(batchId, job));
        }
        return youngest;
    }

    /** Tells whether a job may be one of a plan. Flink knows nothing of a job but its name while it initializes it. */
    private boolean mayStem(Job job, String planHash) {
        return shown(job.id())
                .map(shown -> shown.path(BackprocessJob.PLAN_HASH).asText().equals(planHash))
                .orElse(true);
    }

    /** Returns what a job shows in the web UI's configuration tab; empty while Flink initializes the job. */
    public Optional<JsonNode> shown(String jobId) {
        return find("/jobs/" + jobId + "/config")
                .map(config -> config.at("/execution-config/user-config"))
                .filter(JsonNode::isObject);
    }

    /** Tells whether a job ended because it was stopped with a savepoint. A job that reached its own end is finished too. */
    public boolean isStopped(Job job) {
        return find("/jobs/" + job.id() + "/checkpoints")
                .map(statistics ->
                        statistics.at("/latest/savepoint/checkpoint_type").asText(""))
                .filter("SYNC_SAVEPOINT"::equals)
                .isPresent();
    }

    /** Returns every job that Flink knows, of any kind. */
    public List<Job> jobs() {
        return StreamSupport.stream(get("/jobs/overview").path("jobs").spliterator(), false)
                .map(job -> new Job(
                        job.path("jid").asText(),
                        job.path("name").asText(),
                        job.path("state").asText(),
                        job.path("start-time").asLong()))
                .toList();
    }

    int freeSlots() {
        return get("/overview").path("slots-available").asInt();
    }

    int slots() {
        return get("/overview").path("slots-total").asInt();
    }

    /** Says why a job failed, in the words of its root cause. */
    public String failure(String jobId) {
        return rootCause(get("/jobs/" + jobId + "/exceptions")
                .at("/exceptionHistory/entries/0/stacktrace")
                .asText(""));
    }

    /** Returns the last line of a stack trace that names a cause. */
    static String rootCause(String trace) {
        return trace.lines()
                .filter(line -> !line.startsWith("\tat ") && !line.startsWith("\t..."))
                .reduce((first, last) -> last)
                .map(line -> inWords(line.replaceFirst("^Caused by: ", "")))
                .orElse("no exception is known");
    }

    /** Removes the class name from a message that a batch wrote itself. */
    static String inWords(String exception) {
        return exception.replaceFirst("^(?:java\\.lang\\.IllegalStateException|io\\.backprocess[\\w.]+): (?=.)", "");
    }

    /** Returns the first value that the JobManager's configuration has for one of these keys. */
    Optional<String> configured(String... keys) {
        if (configuration == null) {
            configuration = find("/jobmanager/config").orElse(null);
        }
        return Optional.ofNullable(configuration).flatMap(entries -> Stream.of(keys)
                .flatMap(key -> StreamSupport.stream(entries.spliterator(), false)
                        .filter(entry -> entry.path("key").asText().equals(key)))
                .map(entry -> entry.path("value").asText())
                .filter(value -> !value.isEmpty())
                .findFirst());
    }

    public JsonNode get(String path) {
        return find(path)
                .orElseThrow(() -> BatchException.failed("Flink at %s answers 404 to %s".formatted(webUi(), path)));
    }

    /** Returns Flink's answer; empty when Flink does not know the path. */
    public Optional<JsonNode> find(String path) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(webUi() + path)));
        if (response.statusCode() == 404) {
            return Optional.empty();
        }
        if (response.statusCode() == UNAVAILABLE) {
            throw BatchException.unreachable(leaderless(""));
        }
        if (response.statusCode() != 200) {
            throw BatchException.failed("Flink at %s answers %d to %s".formatted(webUi(), response.statusCode(), path));
        }
        return Optional.of(json(response));
    }

    /** Posts a request and returns Flink's answer; empty when Flink refuses, for instance because the job has ended. */
    public Optional<JsonNode> post(String path, JsonNode body) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(webUi() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
        if (response.statusCode() == UNAVAILABLE) {
            throw BatchException.unreachable(leaderless(""));
        }
        return response.statusCode() / 100 == 2 ? Optional.of(json(response)) : Optional.empty();
    }

    /** Tells whether a JobManager answers here and says that it has no leader. */
    public boolean isLeaderless() {
        try {
            return send(HttpRequest.newBuilder(URI.create(webUi() + "/overview")))
                            .statusCode()
                    == UNAVAILABLE;
        } catch (BatchException e) {
            return false;
        }
    }

    /** @param since since when, in words, with a space in front; empty when it is unknown */
    public String leaderless(String since) {
        return "the JobManager at %s has no leader%s (it answers %d): restart it, unless it is just coming back"
                .formatted(webUi(), since, UNAVAILABLE);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw BatchException.unreachable(
                    "Flink at %s does not answer; check --flink, or start it (scripts/stack up)".formatted(webUi()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while waiting for Flink", e);
        }
    }

    private JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw BatchException.unreachable("the server at %s is not Flink; check --flink".formatted(webUi()), e);
        }
    }
}
