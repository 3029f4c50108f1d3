package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The command verify with the option --on-cluster, on a cluster where other jobs run. */
@SuppressWarnings("NullAway.Init")
class VerifyOnClusterITCase {
    private static final int RECORDS = 2000;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory;

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(() -> ClusterShell.keepingSnapshotsIn(directory));

    private ClusterShell shell;

    @BeforeEach
    void aShell(@InjectClusterRESTAddress URI flink) {
        shell = new ClusterShell(KAFKA, flink);
        ClusterShell.submitAnEmptyJar(directory);
    }

    @Test
    void saysTheSameAsOnOneMachine() {
        TestBatch batch = batch(71);
        start(batch).succeeds();
        batch.awaitCommitted(RECORDS);

        Answer there = verify(batch, "--on-cluster", "--output", "json");

        assertThat(there.succeeds().out())
                .isEqualTo(verify(batch, "--output", "json").succeeds().out());
        assertThat(there.err()).contains("Flink job ", " proves " + id(batch), "the state of the proof is kept in ");
        TestBatch.await("the proof's consumer group at the end", () -> provenSourceRecords(batch) == RECORDS);
        assertThat(jobs(batch)).singleElement().satisfies(job -> assertThat(job.isFinished())
                .isTrue());
    }

    @Test
    void saysTheSameOfAWrongBatch() {
        TestBatch batch = batch(72);
        start(batch).succeeds();
        batch.awaitCommitted(RECORDS);
        byte[] value = "{}".getBytes(StandardCharsets.UTF_8);
        KAFKA.send(List.of(new ProducerRecord<>(batch.plan.spec().resultTopic(), 0, null, value)));

        Answer there = verify(batch, "--on-cluster", "--parallelism", "1", "--output", "json");

        Answer here = verify(batch, "--output", "json");
        assertThat(List.of(there.exitCode(), here.exitCode())).containsExactly(1, 1);
        assertThat(there.out()).isEqualTo(here.out());
    }

    @Test
    void countsTheSameCopiesInDifferentPartitions() {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 3, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 306; i++) {
            byte[] value = "{\"eventId\":\"e-%d\",\"processVersion\":1,\"payload\":{\"actionType\":\"Seen\"}}"
                    .formatted(i % 300)
                    .getBytes(StandardCharsets.UTF_8);
            records.add(new ProducerRecord<>(topic, (i + i / 300) % 3, null, value));
        }
        KAFKA.send(records);
        TestBatch batch = batch(topic);
        start(batch).succeeds();
        batch.awaitCommitted(records.size());

        Answer there = verify(batch, "--on-cluster", "--across-partitions", "--output", "json");

        assertThat(there.succeeds().json().at("/acrossPartitions/copies").asLong())
                .isEqualTo(6);
        assertThat(there.out())
                .isEqualTo(verify(batch, "--across-partitions", "--output", "json")
                        .succeeds()
                        .out());
    }

    @Test
    void goesOnFromTheStateThatAProofHasLeft() throws Exception {
        TestBatch batch = batch(73);
        start(batch).succeeds();
        batch.awaitCommitted(RECORDS);
        verify(batch, "--on-cluster").succeeds();
        String savepoint = savepointOf(batch);

        Answer again = verify(batch, "--on-cluster", "--savepoint", savepoint);
        byte[] value = "{}".getBytes(StandardCharsets.UTF_8);
        KAFKA.send(List.of(new ProducerRecord<>(batch.plan.spec().resultTopic(), 0, null, value)));
        Answer changed = verify(batch, "--on-cluster", "--savepoint", savepoint);

        assertThat(again.succeeds().err()).contains("the proof of " + id(batch) + " goes on from " + savepoint);
        changed.says(4, "the savepoint is of a proof that began with another state of the batch");
    }

    @Test
    void goesOnFromTheLastProofOfABatchThatFollows() throws Exception {
        String topic = KAFKA.unique("live");
        KAFKA.createTopic(topic, 3, "retention.ms=-1");
        RandomHistory history = new RandomHistory(topic, 3, 78);
        KAFKA.send(history.records(RECORDS));
        TestBatch batch = new TestBatch(
                KAFKA,
                topic,
                BatchSpec.NEVER,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
        JobClient live = batch.submit(1, null, null);
        batch.awaitCommitted(RECORDS);
        Answer first = verify(batch, "--on-cluster", "--continue");
        String savepoint = savepointOf(batch);
        KAFKA.send(history.records(300));
        batch.awaitCommitted(RECORDS + 300);
        batch.stopWithSavepoint(live);

        Answer second = verify(batch, "--on-cluster", "--continue", "--output", "json");

        assertThat(first.succeeds().err())
                .contains("Kafka does not say where the last proof of " + id(batch)
                        + " was kept, so all of it is proven");
        assertThat(first.out()).contains(id(batch) + " is complete as far as it has come: each of 2 000 records");
        assertThat(second.succeeds().err()).contains("the proof of " + id(batch) + " goes on from " + savepoint);
        TestBatch.await("the deletion of " + savepoint, () -> !Files.exists(Path.of(URI.create(savepoint))));
        assertThat(second.json().path("following").asBoolean()).isTrue();
        assertThat(second.json().path("provenUpTo")).hasSize(3);
        assertThat(second.out())
                .isEqualTo(verify(batch, "--output", "json").succeeds().out());
        FileUtils.deleteDirectory(Path.of(URI.create(savepointOf(batch))).toFile());
        Answer third = verify(batch, "--on-cluster", "--continue");
        assertThat(third.succeeds().err()).contains("the last proof of " + id(batch) + " is gone");
    }

    @Test
    void keepsAProofOnOneMachineToo(@TempDir Path proofs) {
        TestBatch batch = batch(79);
        start(batch).succeeds();
        batch.awaitCommitted(RECORDS);
        String[] options = {"--continue", "--proof-dir", proofs.toString(), "--output", "json"};

        Answer first = verify(batch, options);
        Answer second = verify(batch, options);

        assertThat(first.succeeds().err()).contains("there is no proof of " + id(batch) + " in ");
        assertThat(second.succeeds().err()).doesNotContain("no proof").contains("the proof is kept in ");
        assertThat(second.out())
                .isEqualTo(first.out())
                .isEqualTo(verify(batch, "--output", "json").out());
    }

    @Test
    void anotherCommandWaitsForTheJobThatProvesAlready() throws Exception {
        TestBatch batch = batch(74);
        start(batch).succeeds();
        batch.awaitCommitted(RECORDS);
        CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> slowly(batch));
        awaitAProof(batch);

        Answer second = verify(batch, "--on-cluster");

        second.succeeds();
        first.get(2, TimeUnit.MINUTES);
        assertThat(jobs(batch)).hasSize(1);
    }

    @Test
    void isNotTakenForTheBatch() throws Exception {
        TestBatch batch = batch(75);
        start(batch, "--max-rate", "100").succeeds();
        batch.awaitCommitted(300);
        shell.run("pause", id(batch)).succeeds();
        CompletableFuture<Answer> proof = CompletableFuture.supplyAsync(() -> slowly(batch));
        awaitAProof(batch);

        assertThat(state(batch)).isEqualTo("paused");
        assertThat(shell.run("pause", id(batch)).err()).contains("paused");
        shell.run("resume", id(batch), "--max-rate", "none", "--checkpoint-interval", "300 ms")
                .succeeds();

        assertThat(state(batch)).isEqualTo("completed");
        assertThat(proof.get(2, TimeUnit.MINUTES).out()).contains(id(batch) + " is incomplete");
    }

    @Test
    void refusesAProofOfAStateThatHasChanged() throws Exception {
        TestBatch batch = batch(76);
        start(batch).succeeds();
        batch.awaitCommitted(RECORDS);
        CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> slowly(batch));
        awaitAProof(batch);
        byte[] value = "{}".getBytes(StandardCharsets.UTF_8);
        KAFKA.send(List.of(new ProducerRecord<>(batch.plan.spec().resultTopic(), 0, null, value)));

        Answer second = verify(batch, "--on-cluster");

        second.says(4, " proves " + id(batch) + " as it was before its ledger or topics changed; cancel that job");
        assertThat(first.get(2, TimeUnit.MINUTES).exitCode()).isZero();
    }

    @Test
    void explainsOptionsThatDoNotFit() {
        TestBatch batch = batch(77);

        verify(batch, "--parallelism", "2").says(2, "--parallelism needs --on-cluster; add --on-cluster");
        verify(batch, "--savepoint", "s").says(2, "--savepoint needs --on-cluster; add --on-cluster");
        verify(batch, "--on-cluster", "--parallelism", "0").says(2, "--parallelism 0 is less than one");
        verify(batch, "--proof-dir", "p").says(2, "--proof-dir needs --continue; add --continue");
        verify(batch, "--continue", "--on-cluster", "--proof-dir", "p")
                .says(2, "--proof-dir cannot be used with --on-cluster");
        verify(batch, "--continue", "--across-partitions")
                .says(2, "--continue cannot be used with --across-partitions, which needs the whole batch");
        verify(batch, "--continue", "--repair").says(2, "--continue cannot be used with --repair");
        verify(batch, "--on-cluster", "--repair").says(2, "--on-cluster cannot be used with --repair");
        verify(batch, "--on-cluster", "--flink", "127.0.0.1:1").says(3, "Flink at http://127.0.0.1:1 does not answer");
    }

    /** Proves with consumers that get few records at a time, and wait for each of them. */
    private Answer slowly(TestBatch batch) {
        Path config = directory.resolve("slow.properties");
        try {
            Files.writeString(config, """
                    max.partition.fetch.bytes=8000
                    fetch.min.bytes=10000000
                    fetch.max.wait.ms=200
                    """);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return verify(batch, "--on-cluster", "--command-config", config.toString());
    }

    private Answer verify(TestBatch batch, String... further) {
        return shell.run("verify", id(batch), further);
    }

    private void awaitAProof(TestBatch batch) {
        TestBatch.await("a proof", () -> jobs(batch).stream()
                .anyMatch(job -> job.state().equals("RUNNING")));
    }

    private List<FlinkCluster.Job> jobs(TestBatch batch) {
        return shell.cluster().jobs().stream()
                .filter(job -> job.name().equals("backprocess-verify " + id(batch)))
                .toList();
    }

    private String savepointOf(TestBatch batch) {
        return shell.cluster()
                .get("/jobs/" + jobs(batch).get(0).id() + "/checkpoints")
                .at("/latest/savepoint/external_path")
                .asText();
    }

    /** Returns the sum of the offsets that the proof's consumer group has committed. */
    private static long provenSourceRecords(TestBatch batch) {
        try {
            return KAFKA
                    .admin()
                    .listConsumerGroupOffsets("backprocess-verify." + id(batch))
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private String state(TestBatch batch) {
        return shell.run("status", id(batch), "--output", "json")
                .json()
                .path("state")
                .asText();
    }

    private static TestBatch batch(long seed) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 3, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, 3, seed).records(RECORDS));
        return batch(topic);
    }

    private static TestBatch batch(String topic) {
        return new TestBatch(
                KAFKA,
                topic,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
    }

    private Answer start(TestBatch batch, String... further) {
        return shell.start(batch.plan.spec().sourceTopic(), id(batch), further);
    }

    private static String id(TestBatch batch) {
        return batch.plan.spec().batchId();
    }
}
