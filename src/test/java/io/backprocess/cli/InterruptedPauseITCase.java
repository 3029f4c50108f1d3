package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.batch.DedupeScope;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that was stopped with a savepoint goes on from it, whoever stopped it, and whether or not anybody came to note it.
 * Flink has deleted the checkpoints of such a job, and a JobManager that was killed has forgotten it: that is a second cluster here.
 */
@SuppressWarnings("NullAway.Init")
class InterruptedPauseITCase {
    private static final int PARTITIONS = 3;
    /** Without the rate that the start was told, for the rest of the way. */
    private static final String[] AT_FULL_SPEED = {"--max-rate", "none", "--checkpoint-interval", "300 ms"};

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory;

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(InterruptedPauseITCase::cluster);

    private static MiniCluster successor;

    private URI address;
    private ClusterShell shell;
    private ClusterShell later;

    private static MiniClusterResourceConfiguration cluster() {
        return ClusterShell.keepingSnapshotsIn(directory);
    }

    @BeforeAll
    static void aClusterThatKnowsNoJob() throws Exception {
        successor = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(cluster().getConfiguration())
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(4)
                .withRandomPorts()
                .build());
        successor.start();
    }

    @AfterAll
    static void close() throws Exception {
        successor.close();
    }

    @BeforeEach
    void shells(@InjectClusterRESTAddress URI flink) throws Exception {
        address = flink;
        shell = new ClusterShell(KAFKA, flink);
        later = new ClusterShell(KAFKA, successor.getRestAddress().get());
        ClusterShell.submitAnEmptyJar(directory);
    }

    @Nightly
    @Test
    void goesOnFromTheSavepointOfAJobThatFlinkHasForgotten() throws Exception {
        TestBatch batch = running(81, 1500);
        TestBatch other = running(82, 1000);
        String jobId = jobId(batch);
        String savepoint = stopByHand(jobId, "savepoints");
        String foreign = stopByHand(jobId(other), "savepoints");
        decoy(jobId, "aaaaaaaaaaaa", Path.of(URI.create(foreign)));
        Files.createDirectories(directory.resolve("savepoints/savepoint-" + jobId.substring(0, 6) + "-bbbbbbbbbbbb"));

        assertThat(state(later, batch)).isEqualTo("paused");
        assertThat(later.run("batches", "", "--output", "json").out())
                .contains("\"batchId\":\"%s\",\"state\":\"paused\"".formatted(id(batch)));
        later.run("pause", id(batch)).says(1, "was stopped with the savepoint file:");
        later.run("verify", id(batch), "--repair", "--execute", "--job-ended")
                .says(4, "Go on with: resume --batch-id " + id(batch));
        Answer resume = later.run("resume", id(batch), AT_FULL_SPEED);

        assertThat(resume.succeeds().out()).contains("goes on from file:", savepoint.substring("file:".length()));
        batch.assertAsTheOracleSays("seed 81");
        assertThat(later.run("verify", id(batch)).exitCode()).isZero();
    }

    @Test
    void goesOnFromTheSavepointOfAPauseThatWasKilled() throws Exception {
        TestBatch batch = running(83, 1500);
        String jobId = jobId(batch);
        BatchMark.Pausing begun;
        // The command cannot learn that the savepoint is complete, so that it is killed before it notes it.
        try (RestProxy silent = new RestProxy(address, path -> path.contains("/savepoints/"))) {
            ClusterShell interrupted = new ClusterShell(KAFKA, silent.address());
            Thread pause = new Thread(() -> interrupted.run("pause", id(batch), "--savepoint-dir", uri("elsewhere")));
            pause.start();
            TestBatch.await(
                    "the mark", () -> mark(batch).map(BatchMark::pausing).isPresent());
            begun = mark(batch).map(BatchMark::pausing).orElseThrow();
            String request = "/jobs/%s/savepoints/%s".formatted(jobId, begun.trigger());
            TestBatch.await("the request", () -> shell.cluster().find(request).isPresent());
            pause.interrupt();
            pause.join();
        }
        assertThat(mark(batch).orElseThrow().kind()).isEqualTo(BatchMark.Action.STARTED);
        new FlinkSnapshots(shell.cluster()).awaitEnd(jobId, Duration.ofSeconds(30));

        assertThat(begun.directory()).isEqualTo(uri("elsewhere"));
        assertThat(state(later, batch)).isEqualTo("paused");
        Answer resume = later.run("resume", id(batch), AT_FULL_SPEED);

        assertThat(resume.succeeds().out()).contains("/elsewhere/savepoint-" + jobId.substring(0, 6));
        batch.assertAsTheOracleSays("seed 83");
        assertThat(mark(batch).orElseThrow().pausing()).isNull();
    }

    @Nightly
    @Test
    void goesOnFromAnOperatorsSavepointWhereTheCheckpointsAreGone() throws Exception {
        TestBatch batch = running(84, 1500);
        String jobId = jobId(batch);
        ask(
                "/jobs/" + jobId + "/savepoints",
                new ObjectMapper()
                        .createObjectNode()
                        .put("cancel-job", true)
                        .put("target-directory", uri("checkpoints")),
                jobId);
        new FlinkSnapshots(shell.cluster()).awaitEnd(jobId, Duration.ofSeconds(30));
        deleteAll(directory.resolve("checkpoints").resolve(jobId));

        // It was taken and not committed: the batch is not paused.
        assertThat(state(later, batch)).isEqualTo("failed");
        Answer resume = later.run("resume", id(batch), AT_FULL_SPEED);

        assertThat(resume.succeeds().out()).contains("/checkpoints/savepoint-");
        batch.assertAsTheOracleSays("seed 84");
    }

    @Nightly
    @Test
    void picksTheSavepointThatFitsAmongAllThatAreKnown() throws Exception {
        TestBatch batch = running(85, 2000);
        stopByHand(jobId(batch), "savepoints");
        Answer pause = shell.run("pause", id(batch));
        assertThat(pause.succeeds().out()).startsWith("file:").contains("/savepoints/savepoint-");
        String old = pause.out().trim();
        shell.run("pause", id(batch)).says(4, "is paused already");
        shell.run("resume", id(batch), "--max-rate", "100", "--checkpoint-interval", "300 ms", "--detached")
                .succeeds();
        batch.awaitCommitted(batch.ledger().total().read() + 100);
        stopByHand(jobId(batch), "savepoints");
        pausedWith(old, batch);

        Answer resume = shell.run("resume", id(batch), AT_FULL_SPEED);

        assertThat(resume.succeeds().out()).doesNotContain(old);
        batch.assertAsTheOracleSays("seed 85");
        JobClient refused = batch.submit(2, old, null);
        assertThatThrownBy(() -> refused.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("but the batch has committed up to");
    }

    @Nightly
    @Test
    void pausesAlthoughTheJobManagerIsAwayForAMoment() throws Exception {
        TestBatch batch = running(86, 1500);

        AtomicInteger stops = new AtomicInteger();

        // It goes away with the first request to stop the job, and is back for the second one.
        try (RestProxy absent =
                new RestProxy(address, path -> (path.endsWith("/stop") ? stops.incrementAndGet() : stops.get()) == 1)) {
            Answer pause = new ClusterShell(KAFKA, absent.address()).run("pause", id(batch));

            assertThat(pause.succeeds().out()).startsWith("file:").contains("/savepoints/savepoint-");
        }
        assertThat(stops).hasValue(2);
        assertThat(mark(batch).orElseThrow().kind()).isEqualTo(BatchMark.Action.PAUSED);
    }

    /** As where the JobManager was lost between an earlier savepoint and the end of its commit: the last one does not fit. */
    private void pausedWith(String savepoint, TestBatch batch) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new MarkStore(admin)
                    .put(
                            id(batch),
                            new BatchMark(
                                    BatchMark.Action.PAUSED,
                                    mark(batch).orElseThrow().jobId(),
                                    uri("checkpoints"),
                                    savepoint,
                                    Instant.now(),
                                    "test"));
        }
        assertThat(state(shell, batch)).isEqualTo("paused");
    }

    private TestBatch running(long seed, int records) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(records));
        TestBatch batch = new TestBatch(KAFKA, topic, "purchase-split", DedupeScope.PARTITION, uri("checkpoints"));
        shell.start(topic, id(batch), "--max-rate", "100", "--parallelism", "2").succeeds();
        batch.awaitCommitted(100);
        return batch;
    }

    /** As {@code flink stop} does. */
    private String stopByHand(String jobId, String savepoints) throws InterruptedException {
        JsonNode operation = ask(
                "/jobs/" + jobId + "/stop",
                new ObjectMapper().createObjectNode().put("drain", false).put("targetDirectory", uri(savepoints)),
                jobId);
        new FlinkSnapshots(shell.cluster()).awaitEnd(jobId, Duration.ofSeconds(30));
        return operation.path("location").asText();
    }

    private JsonNode ask(String path, ObjectNode body, String jobId) {
        String request = shell.cluster()
                .post(path, body)
                .orElseThrow()
                .path("request-id")
                .asText();
        String answer = "/jobs/" + jobId + "/savepoints/" + request;
        TestBatch.await(
                "a savepoint",
                () -> shell.cluster().get(answer).at("/status/id").asText().equals("COMPLETED"));
        JsonNode operation = shell.cluster().get(answer).path("operation");
        assertThat(operation.hasNonNull("location")).as(operation.toString()).isTrue();
        return operation;
    }

    /** Another batch's savepoint, that looks as if it were of this job and is younger. */
    private static void decoy(String jobId, String random, Path savepoint) throws IOException {
        Path copy = directory.resolve("savepoints/savepoint-" + jobId.substring(0, 6) + "-" + random);
        Files.createDirectories(copy);
        try (Stream<Path> files = Files.list(savepoint)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
    }

    private static void deleteAll(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private String jobId(TestBatch batch) {
        return shell.cluster().job(batch.plan).orElseThrow().id();
    }

    private static String id(TestBatch batch) {
        return batch.plan.spec().batchId();
    }

    private static String uri(String name) {
        return "file://" + directory.resolve(name);
    }

    private static String state(ClusterShell asked, TestBatch batch) {
        return asked.run("status", id(batch), "--output", "json")
                .json()
                .path("state")
                .asText();
    }

    private static Optional<BatchMark> mark(TestBatch batch) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return new MarkStore(admin).find(id(batch));
        }
    }
}
