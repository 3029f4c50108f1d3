package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.DedupeScope;
import io.backprocess.control.BatchOwner;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.flink.Snapshot;
import io.backprocess.flink.Submission;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A batch is paused, resumed, abandoned, and started by two operators at once, with the commands and past them. */
@SuppressWarnings("NullAway.Init")
class LifeCycleITCase {
    private static final int PARTITIONS = 5;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory;

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(LifeCycleITCase::cluster);

    private ClusterShell shell;

    private static MiniClusterResourceConfiguration cluster() {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints());
        return new MiniClusterResourceConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumberTaskManagers(1)
                .setNumberSlotsPerTaskManager(4)
                .build();
    }

    private static String checkpoints() {
        return directory.resolve("checkpoints").toUri().toString();
    }

    private static String savepoints() {
        return directory.resolve("savepoints").toUri().toString();
    }

    @BeforeEach
    void aShell(@InjectClusterRESTAddress URI flink) {
        shell = new ClusterShell(KAFKA, flink);
        ClusterShell.submitAnEmptyJar(directory);
    }

    @Test
    void aPausedBatchGoesOnAtAnotherParallelismToItsEnd() {
        TestBatch batch = batch(41, 2000);
        String id = id(batch);
        says(2, "start it with: run", shell.run("resume", id));
        says(1, "never has; start it with: run", pause(id));

        Answer run = start(batch, "--parallelism", "1", "--max-rate", "60");
        assertThat(run.exitCode()).as(run.err()).isZero();
        batch.awaitCommitted(100);
        says(4, "is running already", start(batch));
        says(4, "is running already", shell.run("resume", id));
        says(2, "Flink has no directory for savepoints", shell.run("pause", id));
        Answer pause = pause(id);
        assertThat(pause.exitCode()).as(pause.err()).isZero();
        String savepoint = pause.out().trim();
        assertThat(savepoint).startsWith("file:").doesNotContain("\n");
        says(4, "is paused already", pause(id));
        assertThat(pause(id).err()).contains(savepoint);
        says(4, "go on with: resume --batch-id " + id, start(batch));
        assertThat(state(id)).isEqualTo("paused");
        assertThat(batch.ledger().isComplete()).isFalse();

        Answer resume = resume(batch, "--parallelism", "3");

        assertThat(resume.exitCode()).as(resume.err()).isZero();
        assertThat(resume.out()).contains("goes on from " + savepoint).contains(id + " is completed: 100.0 %");
        batch.assertAsTheOracleSays("seed 41");
        assertThat(shell.run("resume", id).out()).contains("is completed already; nothing is written");
        assertThat(pause(id).err()).contains("is completed, so it cannot be paused");
        assertThat(shell.run("verify", id).exitCode()).isZero();
    }

    @Nightly
    @Test
    void twoOperatorsWhoPauseAtOnceGetOneSavepoint() throws Exception {
        TestBatch batch = batch(42, 3000);
        start(batch, "--parallelism", "2", "--max-rate", "100");
        batch.awaitCommitted(100);

        CompletableFuture<Answer> other = CompletableFuture.supplyAsync(() -> pause(id(batch)));
        Answer one = pause(id(batch));
        Answer two = other.get(90, TimeUnit.SECONDS);

        assertThat(List.of(one.exitCode(), two.exitCode()))
                .as(one + " / " + two)
                .isSubsetOf(0, 4)
                .contains(0);
        Answer resume = resume(batch);
        assertThat(resume.exitCode()).as(resume.err()).isZero();
        batch.assertAsTheOracleSays("seed 42");
    }

    @Test
    void aBatchWhoseJobWasKilledGoesOnFromTheRetainedCheckpoint() throws Exception {
        TestBatch batch = batch(43, 2000);
        start(batch, "--parallelism", "2", "--max-rate", "100");
        batch.awaitCommitted(100);
        cancel(batch);

        // As if Flink had forgotten the job.
        Snapshot found = batch.newestSnapshot(shell.cluster());
        assertThat(found.path()).contains("/chk-");
        assertThat(found.planHash()).isEqualTo(batch.plan.hash());
        assertThat(state(id(batch))).isEqualTo("failed");
        says(4, "a start from the beginning would write them twice", start(batch));
        Answer resume = resume(batch, "--parallelism", "1");

        assertThat(resume.exitCode()).as(resume.err()).isZero();
        assertThat(resume.out()).contains("/chk-");
        batch.assertAsTheOracleSays("seed 43");
    }

    @Nightly
    @Test
    void refusesASnapshotThatIsOlderOrOfAnotherBatchOrNone() throws Exception {
        TestBatch batch = batch(44, 3000);
        JobClient first = batch.submit(2, null, 100L);
        batch.awaitCommitted(100);
        String old = batch.stopWithSavepoint(first);
        JobClient second = batch.submit(2, old, 100L);
        batch.awaitCommitted(batch.ledger().total().read() + 100);
        String young = batch.stopWithSavepoint(second);
        TestBatch other = batch(45, 100);

        says(4, "would be written twice; resume from its newest snapshot", resumeFrom(batch, old));
        says(4, "belongs to another batch or another plan", resumeFrom(other, young));
        says(4, "no snapshot of a batch can be read at", resumeFrom(batch, savepoints() + "/nothing"));
        Files.writeString(Files.createDirectories(directory.resolve("rubbish")).resolve("_metadata"), "rubbish");
        says(
                4,
                "Unexpected magic number",
                resumeFrom(batch, directory.resolve("rubbish").toUri().toString()));

        JobClient pastTheClient = batch.submit(2, old, null);
        assertThatThrownBy(() -> pastTheClient.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("but the batch has committed up to");
        assertThat(Submission.isRefused(pastTheClient)).isTrue();
        Answer resume = resumeFrom(batch, young);
        assertThat(resume.exitCode()).as(resume.err()).isZero();
        batch.assertAsTheOracleSays("seed 44");
    }

    @Nightly
    @Test
    void refusesACheckpointOlderThanTheTransactionTimeoutUnlessARecountIsAccepted() throws Exception {
        TestBatch batch = batch(46, 1500);
        start(batch, "--parallelism", "2", "--max-rate", "100");
        batch.awaitCommitted(100);
        cancel(batch);
        String checkpoint = batch.newestSnapshot(shell.cluster()).path();
        Files.setLastModifiedTime(
                Path.of(URI.create(checkpoint)).resolve("_metadata"),
                FileTime.from(Instant.now().minus(Duration.ofMinutes(20))));

        says(4, "is longer than the transaction timeout of 15 min 00 s", shell.run("resume", id(batch)));
        says(2, "cannot be --detached", shell.run("resume", id(batch), "--accept-recount", "--detached"));
        Answer resume = resume(batch, "--accept-recount");

        assertThat(resume.exitCode()).as(resume.err()).isZero();
        assertThat(resume.out()).contains(id(batch) + " is complete: each of");
        batch.assertAsTheOracleSays("seed 46");
    }

    @Nightly
    @Test
    void anAbandonedBatchHoldsNoReaderUpAndDoesNotGoOn() throws Exception {
        TestBatch batch = batch(47, 2000);
        String id = id(batch);
        String results = batch.plan.spec().resultTopic();
        start(batch, "--parallelism", "2", "--max-rate", "100");
        batch.awaitCommitted(100);
        says(4, "pause or cancel it first", shell.run("abandon", id, "--execute"));
        cancel(batch);
        // What the killed job has left open is a matter of luck; this one is open for certain.
        try (KafkaProducer<byte[], byte[]> stuck = KAFKA.begin(
                "backprocess." + id + ".results-7-99", List.of(new ProducerRecord<>(results, 4, null, new byte[3])))) {
            KAFKA.send(new ProducerRecord<>(results, 4, null, "behind it".getBytes(StandardCharsets.UTF_8)));
            try (KafkaConsumer<byte[], byte[]> reader = KAFKA.readCommitted(results, 4)) {
                assertThat(reader.poll(Duration.ofSeconds(2))).isEmpty();

                Answer dry = shell.run("abandon", id, "--output", "json");
                assertThat(dry.json().path("executed").asBoolean()).isFalse();
                assertThat(dry.json().path("transactions").findValuesAsText("transactionalId"))
                        .contains("backprocess." + id + ".results-7-99");
                assertThat(reader.poll(Duration.ofSeconds(1))).isEmpty();
                Answer abandon = shell.run("abandon", id, "--execute");

                assertThat(abandon.exitCode()).as(abandon.err()).isZero();
                assertThat(abandon.out())
                        .contains("backprocess." + id + ".results-7-99")
                        .contains("is abandoned;");
                assertThat(reader.poll(Duration.ofSeconds(10))).hasSize(1);
            }
            assertThatThrownBy(stuck::commitTransaction).isInstanceOf(RuntimeException.class);
        }
        assertThat(state(id)).isEqualTo("abandoned");
        says(4, "start a new batch id", start(batch));
        says(4, "start a new batch id", shell.run("resume", id));
        says(4, "was abandoned by", pause(id));
        Answer again = shell.run("abandon", id, "--execute");
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("is abandoned already");
        // The job itself refuses too, whichever way it was submitted.
        JobClient pastTheClient = batch.submit(2, null, null);
        assertThatThrownBy(() -> pastTheClient.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining("was abandoned; start a new batch id");
    }

    /** The other copy is only a claim here: two sinks of one batch cannot live in one JVM. */
    @Nightly
    @Test
    void aCopyThatIsTakenOverFailsForGoodAndCommitsNothingMore() throws Exception {
        TestBatch batch = batch(48, 1500);
        JobClient first = batch.submit(2, null, 100L);
        batch.awaitCommitted(100);

        try (BatchOwner other = new BatchOwner(id(batch), "other", KAFKA.clients())) {
            other.prove();
            long committed = batch.ledger().total().read();
            assertThatThrownBy(() -> first.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                    .hasStackTraceContaining("another copy of batch '%s' has taken over".formatted(id(batch)));

            assertThat(Submission.isRefused(first)).isTrue();
            // One checkpoint may have been proven before.
            assertThat(batch.ledger().total().read() - committed).isLessThan(100);
            other.prove();
        }
        String newest = new FlinkSnapshots(shell.cluster())
                .of(first.getJobID().toString())
                .get(0);
        assertThat(newest).contains("/chk-");
        Answer resume = resume(batch);
        assertThat(resume.exitCode()).as(resume.err()).isZero();
        batch.assertAsTheOracleSays("seed 48");
        assertThat(shell.run("verify", id(batch)).exitCode()).isZero();
    }

    @Nightly
    @Test
    void ofTwoOperatorsWhoResumeAtOnceOneIsRefused() throws Exception {
        TestBatch batch = batch(49, 1500);
        start(batch, "--parallelism", "2", "--max-rate", "100");
        batch.awaitCommitted(100);
        assertThat(pause(id(batch)).exitCode()).isZero();

        CompletableFuture<Answer> other = CompletableFuture.supplyAsync(
                () -> shell.run("resume", id(batch), "--checkpoint-interval", "300 ms", "--max-rate", "300"));
        Answer one = shell.run("resume", id(batch), "--checkpoint-interval", "300 ms", "--max-rate", "300");
        Answer two = other.get(90, TimeUnit.SECONDS);

        assertThat(List.of(one.exitCode(), two.exitCode()))
                .as(one + " / " + two)
                .containsExactlyInAnyOrder(0, 4);
        batch.assertAsTheOracleSays("seed 49");
    }

    @Nightly
    @Test
    void listsAllBatchesWithTheirStates() throws Exception {
        TestBatch planned = batch(50, 10);
        TestBatch completed = batch(51, 200);
        TestBatch paused = batch(52, 1000);
        TestBatch damaged = batch(53, 10);
        completed.runToItsEnd(1, null);
        start(paused, "--parallelism", "1", "--max-rate", "40", "--reason", "a \u001b[31mred\u202e reason");
        paused.awaitCommitted(50);
        assertThat(pause(id(paused)).exitCode()).isZero();
        damaged.damageMark();

        Answer json = shell.run("batches", "", "--output", "json");
        Answer text = shell.run("batches", "");
        Answer withoutFlink = shell.run("batches", "", "--output", "json", "--flink", "127.0.0.1:1");

        assertThat(json.exitCode()).as(json.err()).isZero();
        assertThat(json.err())
                .contains("the mark of batch '" + id(damaged) + "'")
                .contains("is damaged");
        says(json, planned, "planned", batch -> assertThat(batch.path("percent").asDouble())
                .isZero());
        says(json, completed, "completed", batch -> assertThat(
                        batch.path("percent").asDouble())
                .isEqualTo(100));
        says(json, paused, "paused", batch -> assertThat(batch.path("percent").asDouble())
                .isBetween(0.1, 99.9));
        says(json, damaged, "planned", batch -> assertThat(
                        batch.path("fromVersion").asText())
                .isEqualTo("1"));
        assertThat(text.out()).contains("batch").contains(id(paused)).contains("purchase-split");
        assertThat(text.out()).doesNotContain("\u001b").doesNotContain("\u202e");
        assertThat(withoutFlink.exitCode()).isZero();
        assertThat(withoutFlink.err()).contains("does not answer").contains("derived without it");
        says(withoutFlink, paused, "paused", batch -> {});
        says(4, "is damaged", shell.run("resume", id(damaged)));
    }

    private static void says(Answer outcome, TestBatch batch, String state, Consumer<JsonNode> further) {
        for (JsonNode line : outcome.json().path("batches")) {
            if (line.path("batchId").asText().equals(id(batch))) {
                assertThat(line.path("state").asText()).isEqualTo(state);
                assertThat(line.path("revision").asText()).isEqualTo("purchase-split");
                assertThat(line.path("resultTopic").asText())
                        .isEqualTo(batch.plan.spec().resultTopic());
                further.accept(line);
                return;
            }
        }
        throw new AssertionError(id(batch) + " is not in " + outcome.out());
    }

    private static void says(int exitCode, String message, Answer outcome) {
        assertThat(outcome.err()).contains(message);
        assertThat(outcome.exitCode()).as(message).isEqualTo(exitCode);
    }

    private static TestBatch batch(long seed, int records) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(records));
        return new TestBatch(KAFKA, topic, "purchase-split", DedupeScope.PARTITION, checkpoints());
    }

    private static String id(TestBatch batch) {
        return batch.plan.spec().batchId();
    }

    /** With the command, of the plan that the test has stored. */
    private Answer start(TestBatch batch, String... further) {
        return shell.start(batch.plan.spec().sourceTopic(), id(batch), further);
    }

    private Answer pause(String id) {
        return shell.run("pause", id, "--savepoint-dir", savepoints());
    }

    /** To its end, without the rate that its start was told. */
    private Answer resume(TestBatch batch, String... further) {
        List<String> args = new ArrayList<>(List.of("--max-rate", "none", "--checkpoint-interval", "300 ms"));
        args.addAll(List.of(further));
        return shell.run("resume", id(batch), args.toArray(String[]::new));
    }

    private Answer resumeFrom(TestBatch batch, String snapshot) {
        return resume(batch, "--savepoint", snapshot);
    }

    private String state(String id) {
        return shell.run("status", id, "--output", "json").json().path("state").asText();
    }

    private void cancel(TestBatch batch) throws Exception {
        shell.cancel(shell.cluster().job(batch.plan).orElseThrow().id());
    }
}
