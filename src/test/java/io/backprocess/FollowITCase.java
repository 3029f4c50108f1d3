package io.backprocess;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.KeptProofs;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Batches that follow a live topic, against a plain oracle over all of it. */
@SuppressWarnings("NullAway.Init")
class FollowITCase {
    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    @TempDir
    Path directory;

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.fails = event -> false;
    }

    @Test
    void catchesUpFollowsAndGoesOnFromASavepointAtAnotherParallelism() throws Exception {
        String topic = topic();
        RandomHistory history = new RandomHistory(topic, PARTITIONS, 41);
        KAFKA.send(history.records(800));
        TestBatch batch = batch(topic, "purchase-split");

        JobClient first = batch.submit(2, null, null);
        batch.awaitCommitted(800);
        KAFKA.send(history.records(200));
        batch.awaitCommitted(1000);
        String savepoint = batch.stopWithSavepoint(first);
        KAFKA.send(history.records(200));
        JobClient second = batch.submit(1, savepoint, null);
        batch.awaitCommitted(1200);
        KAFKA.sendAndCommit(history.records(100));
        batch.awaitCommitted(1300);
        batch.stopWithSavepoint(second);

        assertThat(second.getJobStatus().get()).isEqualTo(JobStatus.FINISHED);
        batch.assertAsTheOracleSays("seed 41");
        assertSoFarAllIsWell(batch.verify(), PARTITIONS, 1300);
    }

    @Nightly
    @Test
    void readsPartitionsThatAreAddedAlsoWhenItFailsRightAfterItHasFoundThem() throws Exception {
        String topic = topic();
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 42).records(400));
        TestBatch batch = batch(topic, "purchase-split-with-faults");
        AtomicInteger failures = new AtomicInteger();
        FaultyPurchaseSplit.fails = event -> event.partition() >= PARTITIONS && failures.incrementAndGet() <= 3;

        JobClient first = batch.submit(2, null, null);
        batch.awaitCommitted(400);
        KAFKA.addPartitions(topic, 8);
        RandomHistory grown = new RandomHistory(topic, 8, 43);
        KAFKA.send(grown.records(400));
        batch.awaitCommitted(800);
        String savepoint = batch.stopWithSavepoint(first);
        KAFKA.send(grown.records(200));
        JobClient second = batch.submit(3, savepoint, null);
        batch.awaitCommitted(1000);
        batch.stopWithSavepoint(second);

        assertThat(failures.get()).isGreaterThan(3);
        assertThat(KAFKA.partitions(batch.plan.spec().resultTopic())).isEqualTo(8);
        assertThat(KAFKA.partitions(batch.plan.spec().deadLetterTopic())).isEqualTo(8);
        batch.assertAsTheOracleSays("seeds 42 and 43");
        assertSoFarAllIsWell(batch.verify(), 8, 1000);
    }

    @Test
    void readsPartitionsThatWereAddedWhileItWasPaused() throws Exception {
        String topic = topic();
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 44).records(300));
        TestBatch batch = batch(topic, "purchase-split");
        JobClient first = batch.submit(2, null, null);
        batch.awaitCommitted(300);
        String savepoint = batch.stopWithSavepoint(first);

        KAFKA.addPartitions(topic, 6);
        KAFKA.send(new RandomHistory(topic, 6, 45).records(300));
        JobClient second = batch.submit(1, savepoint, null);
        batch.awaitCommitted(600);
        batch.stopWithSavepoint(second);

        batch.assertAsTheOracleSays("seeds 44 and 45");
    }

    @Nightly
    @Test
    void followsInGlobalScopeToo() throws Exception {
        String topic = topic();
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 46).records(300));
        TestBatch batch =
                new TestBatch(KAFKA, topic, BatchSpec.NEVER, "purchase-split", DedupeScope.GLOBAL, checkpoints());

        JobClient first = batch.submit(2, null, null);
        batch.awaitCommitted(300);
        KAFKA.addPartitions(topic, 6);
        KAFKA.send(new RandomHistory(topic, 6, 47).records(300));
        batch.awaitCommitted(600);
        batch.stopWithSavepoint(first);

        assertSoFarAllIsWell(batch.verify(), 6, 600);
    }

    @Test
    void isProvenAgainAndAgainWhileItWrites() throws Exception {
        String topic = topic();
        RandomHistory history = new RandomHistory(topic, PARTITIONS, 48);
        KAFKA.send(history.records(500));
        TestBatch batch = batch(topic, "purchase-split");
        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(500);
        AtomicBoolean ends = new AtomicBoolean();
        Thread producer = new Thread(() -> {
            while (!ends.get()) {
                KAFKA.send(history.records(20));
            }
        });
        producer.start();

        List<Verification> proofs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            proofs.add(goOn(batch));
        }
        ends.set(true);
        producer.join();
        batch.stopWithSavepoint(job);
        Verification last = goOn(batch);

        assertThat(proofs).allSatisfy(proof -> {
            assertThat(proof.remarks().findings()).isEmpty();
            assertThat(proof.remarks().unknown()).isEmpty();
            assertThat(proof.verdict()).isIn(Verdict.COMPLETE, Verdict.INCOMPLETE);
        });
        assertThat(proofs).anyMatch(proof -> proof.verdict() == Verdict.COMPLETE);
        assertThat(last).isEqualTo(batch.verify());
        assertThat(last.verdict()).isEqualTo(Verdict.COMPLETE);
    }

    private Verification goOn(TestBatch batch) {
        try (KeptProofs proofs = KeptProofs.open(directory.resolve("proofs"), batch.plan, note -> {})) {
            return new Verifier(batch.plan, KAFKA.clients(), getClass().getClassLoader())
                    .goingOnFrom(proofs)
                    .verify();
        }
    }

    private static void assertSoFarAllIsWell(Verification verification, int partitions, long read) {
        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(verification.partitions()).hasSize(partitions);
        Verification.Follows follows = requireNonNull(verification.follows());
        assertThat(follows.following()).isTrue();
        verification.partitions().forEach(partition -> assertThat(follows.provenUpTo())
                .containsEntry(partition.partition(), partition.next()));
        assertThat(verification.recounted().read()).isEqualTo(read);
        assertThat(verification.outcomes().ledger().read()).isEqualTo(read);
        // A transaction's marker behind the last record is an offset that no record takes the batch past.
        assertThat(verification.remaining()).isBetween(0L, (long) partitions);
    }

    private static String topic() {
        String topic = KAFKA.unique("live");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        return topic;
    }

    private String checkpoints() {
        return directory.toUri().toString();
    }

    private TestBatch batch(String topic, String revision) {
        return new TestBatch(KAFKA, topic, BatchSpec.NEVER, revision, DedupeScope.PARTITION, checkpoints());
    }
}
