package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A batch that has lost transactions, from the loud verdict to the cure, as an operator meets it. */
@SuppressWarnings("NullAway.Init")
class RepairCommandITCase {
    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(3);

    @TempDir
    Path directory;

    private ClusterShell shell;

    @BeforeEach
    void aShell(@InjectClusterRESTAddress URI flink) {
        shell = new ClusterShell(KAFKA, flink);
    }

    @Nightly
    @Test
    void isFailedNamesWhatIsMissingAndIsCompletedByTheRepair() throws Exception {
        TestBatch batch = batch(81, 4000);
        String id = batch.plan.spec().batchId();

        batch.runToItsEndWithALoss(200, "results", "deadletters");

        assertThat(shell.run("status", id, "--expect", "failed").exitCode()).isZero();
        OffsetRange missing = batch.ledger().missing().get(0);
        Answer verify = shell.run("verify", id);
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out())
                .contains("ledger-gap at %s/%d/%d: no ledger line counts the source offsets %d to %d"
                        .formatted(
                                batch.plan.spec().sourceTopic(),
                                missing.partition(),
                                missing.start(),
                                missing.start(),
                                missing.end()))
                .contains("verify --batch-id %s --repair".formatted(id));

        Answer dry = shell.run("verify", id, "--repair");
        assertThat(dry.exitCode()).as(dry.err()).isEqualTo(1);
        assertThat(dry.out())
                .contains("%d to %d".formatted(missing.start(), missing.end()))
                .contains("Nothing is written. To do it, add --execute.");
        Answer repair = shell.run("verify", id, "--repair", "--execute");

        assertThat(repair.exitCode()).as(repair.err()).isZero();
        assertThat(repair.out()).contains(id + " is repaired").contains(id + " is complete");
        assertThat(shell.run("status", id, "--expect", "completed").exitCode()).isZero();
        assertThat(shell.run("verify", id).exitCode()).isZero();
        batch.assertAsTheOracleSaysInAnyOrder("seed 81");
        Answer again = shell.run("verify", id, "--repair", "--execute");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("nothing to repair");
    }

    @Test
    void isRefusedWhileTheBatchRunsOrCanGoOn() throws Exception {
        TestBatch batch = batch(82, 3000);
        String id = batch.plan.spec().batchId();
        JobClient job = batch.submit(2, null, 100L);
        batch.awaitCommitted(50);

        assertRefused("is running, as Flink job " + job.getJobID(), id);
        batch.stopWithSavepoint(job);

        assertThat(shell.run("status", id, "--expect", "paused").exitCode()).isZero();
        assertRefused("seems to be half done and not damaged", id);
        assertRefused("go on with: resume --batch-id " + id, id, "--job-ended");
    }

    private void assertRefused(String message, String id, String... options) {
        for (String execute : List.of("--repair", "--execute")) {
            String[] all = java.util.stream.Stream.concat(
                            List.of("--repair", execute).stream().distinct(), java.util.Arrays.stream(options))
                    .toArray(String[]::new);
            Answer refused = shell.run("verify", id, all);
            assertThat(refused.exitCode()).as(refused.out()).isEqualTo(4);
            assertThat(refused.err()).containsIgnoringCase(message);
        }
    }

    private TestBatch batch(long seed, int records) {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(records));
        return new TestBatch(
                KAFKA,
                topic,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
    }
}
