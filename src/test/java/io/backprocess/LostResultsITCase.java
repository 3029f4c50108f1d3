package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.DedupeScope;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.rewrite.Repair;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The results' transactions of a checkpoint are lost, and the dead letters' are not: no start may write these once more. */
@SuppressWarnings("NullAway.Init")
class LostResultsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(4);

    @TempDir
    Path directory;

    @Test
    void aStartFromNothingIsRefusedAndTheSnapshotBehindBothIsTaken() throws Exception {
        TestBatch batch = batch();
        String behind = loseResults(batch, null);
        long letters = deadLetters(batch);

        assertRefused(batch, null, "is started without its state");

        assertThat(batch.ledger().isEmpty()).isTrue();
        assertThat(deadLetters(batch)).isEqualTo(letters);
        goesOnToItsEndAndIsRepaired(batch, behind);
    }

    @Nightly
    @Test
    void anOlderSavepointIsRefusedAndTheSnapshotBehindBothIsTaken() throws Exception {
        TestBatch batch = batch();
        JobClient first = batch.submit(2, null, 500L);
        batch.awaitCommitted(100);
        String older = batch.stopWithSavepoint(first);
        String behind = loseResults(batch, older);
        long letters = deadLetters(batch);

        assertRefused(batch, older, "is on its topic already and would be written twice");

        assertThat(deadLetters(batch)).isEqualTo(letters);
        goesOnToItsEndAndIsRepaired(batch, behind);
    }

    @Nightly
    @Test
    void whereNoSnapshotIsBehindBothTheRestIsWrittenByARepair() throws Exception {
        TestBatch batch = batch();
        loseResults(batch, null);

        repair(batch);

        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
        batch.assertAsTheOracleSaysInAnyOrder("repaired from nothing");
    }

    private TestBatch batch() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, 2, 77).records(2000));
        return new TestBatch(
                KAFKA,
                topic,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
    }

    /** Gives the savepoint whose dead letters are committed and whose results are not. */
    private static String loseResults(TestBatch batch, @Nullable String from) throws Exception {
        String checkpoints = batch.checkpoints;
        batch.checkpointInterval = Duration.ofHours(1);
        JobClient killed = batch.submit(2, from, 500L);
        long before = written(batch);
        TestBatch.await("uncommitted results", () -> written(batch) > before + 200);
        String preCommitted = killed.triggerSavepoint(checkpoints, SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
        killed.cancel().get(60, TimeUnit.SECONDS);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            Set<String> open = admin.transactions()
                    .open("backprocess." + batch.plan.spec().batchId() + ".results")
                    .keySet();
            assertThat(open).isNotEmpty();
            admin.transactions().fence(open);
        }
        long letters = deadLetters(batch);
        // It comes back, commits what it finds, and is killed again.
        JobClient restored = batch.submit(2, preCommitted, 10L);
        TestBatch.await("committed dead letters", () -> deadLetters(batch) > letters);
        restored.cancel().get(60, TimeUnit.SECONDS);
        batch.checkpointInterval = Duration.ofMillis(300);
        return preCommitted;
    }

    private static void assertRefused(TestBatch batch, @Nullable String snapshot, String message) throws Exception {
        JobClient job = batch.submit(2, snapshot, null);
        assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
                .hasStackTraceContaining(message)
                .hasStackTraceContaining("Resume it from a snapshot that is newer than these dead letters")
                .hasStackTraceContaining("--repair --job-ended");
    }

    private static void goesOnToItsEndAndIsRepaired(TestBatch batch, String snapshot) throws Exception {
        batch.runToItsEnd(2, snapshot);
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.WRONG);
        repair(batch);
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
        batch.assertAsTheOracleSaysInAnyOrder("repaired");
    }

    private static void repair(TestBatch batch) {
        new Repair(batch.plan, KAFKA.clients(), LostResultsITCase.class.getClassLoader()).execute(done -> {}, () -> {});
    }

    private static long deadLetters(TestBatch batch) {
        return KAFKA.read(batch.plan.spec().deadLetterTopic()).size();
    }

    /** Committed or not. */
    private static long written(TestBatch batch) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            String topic = batch.plan.spec().resultTopic();
            return admin.highWatermark(topic, 0) + admin.highWatermark(topic, 1);
        }
    }
}
