package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.DedupeScope;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A batch commits its last records as soon as all of its tasks have ended, long before the next checkpoint is due: Flink triggers
 * one then (FLINK-28386). An upgrade that loses this, or a setting that prevents it, makes each small batch wait for an interval.
 */
@SuppressWarnings("NullAway.Init")
class LastCheckpointITCase {
    private static final String INTERVAL = "5 min";
    /** Flink chooses the moment of the first periodic checkpoint by chance, anywhere in the interval. */
    private static final Duration LONG_BEFORE = Duration.ofMinutes(1);

    private static final int RECORDS = 400;

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
    void aDetachedBatchIsCommittedWhenItsReadersHaveEnded() {
        TestBatch batch = batch(51, 4, DedupeScope.PARTITION);

        start(batch, INTERVAL, "--parallelism", "2").succeeds();

        batch.awaitCommitted(RECORDS);
        batch.assertAsTheOracleSays("seed 51");
        assertShort(batch);
    }

    @Test
    void aSubtaskWithNothingToReadHoldsNoOtherUp() {
        TestBatch batch = batch(52, 2, DedupeScope.PARTITION);

        start(batch, INTERVAL, "--parallelism", "2").succeeds();

        batch.awaitCommitted(RECORDS);
        batch.assertAsTheOracleSays("seed 52");
        assertShort(batch);
    }

    @Test
    void aBatchWithAShuffleIsCommittedWhenBothOfItsTasksHaveEnded() {
        TestBatch batch = batch(53, 4, DedupeScope.GLOBAL);

        start(batch, INTERVAL, "--parallelism", "2", "--dedupe-scope", "global").succeeds();

        batch.awaitCommitted(RECORDS);
        assertShort(batch);
    }

    @Test
    void aResumedBatchDoesNotWaitEither() {
        TestBatch batch = batch(54, 4, DedupeScope.PARTITION);
        start(batch, "300 ms", "--parallelism", "2", "--max-rate", "60").succeeds();
        batch.awaitCommitted(50);
        shell.run("pause", id(batch)).succeeds();

        Answer resume = shell.run("resume", id(batch), "--max-rate", "none", "--checkpoint-interval", INTERVAL);

        resume.succeeds();
        batch.assertAsTheOracleSays("seed 54");
        assertShort(batch);
    }

    private static TestBatch batch(long seed, int partitions, DedupeScope scope) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, partitions, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, partitions, seed).records(RECORDS));
        return new TestBatch(
                KAFKA, topic, "purchase-split", scope, directory.toUri().toString());
    }

    private Answer start(TestBatch batch, String interval, String... further) {
        List<String> args = new ArrayList<>(List.of("--checkpoint-interval", interval));
        args.addAll(List.of(further));
        return shell.start(batch.plan.spec().sourceTopic(), id(batch), args.toArray(String[]::new));
    }

    private static String id(TestBatch batch) {
        return batch.plan.spec().batchId();
    }

    /** Asserts that the batch's last job has ended, and has not waited for its interval. */
    private void assertShort(TestBatch batch) {
        String job = shell.cluster().job(batch.plan).orElseThrow().id();
        TestBatch.await("the end of " + job, () -> job(job).path("end-time").asLong() > 0);
        assertThat(job(job).path("state").asText()).isEqualTo("FINISHED");
        assertThat(Duration.ofMillis(job(job).path("duration").asLong())).isLessThan(LONG_BEFORE);
    }

    private JsonNode job(String id) {
        return shell.cluster().get("/jobs/" + id);
    }
}
