package io.backprocess.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.cli.ClusterShell;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Where a job does not run, status says so, why, and what to do; the cluster has four slots. */
@SuppressWarnings("NullAway.Init")
class FlinkStateITCase {
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

    @Nightly
    @Test
    void saysThatTheJobWaitsForSlotsThatAreNotThere() throws Exception {
        String slots = KAFKA.unique("slots");
        Answer run = start(slots, 100, "--parallelism", "9");
        assertThat(run.succeeds().err()).contains("warning: --parallelism 9 needs as many slots", "has 4 free");
        TestBatch.await("the wait", () -> flink(slots).path("waiting").asInt() == 5);

        Answer status = shell.run("status", slots);

        assertThat(status.out())
                .contains("5 of its 9 subtasks wait for slots; the cluster has 4")
                .contains("to do     start TaskManagers")
                .contains("--parallelism 4");
        assertThat(flink(slots).path("restarts").asLong()).isZero();
        assertThat(flink(slots).path("lastFailure").isNull()).isTrue();
        CompletableFuture<Answer> pause = CompletableFuture.supplyAsync(() -> shell.run("pause", slots));
        TestBatch.await(
                "the request to stop", () -> shell.run("batches", "").out().contains(slots));
        cancelWhatRuns();
        Answer paused = pause.get(90, TimeUnit.SECONDS);
        assertThat(paused.exitCode()).isEqualTo(1);
        assertThat(paused.err())
                .contains("waiting until all subtasks run, because no savepoint can be made before: the job is ")
                .contains("start TaskManagers");
        assertThat(shell.run("status", slots).out())
                .contains(slots + " is failed")
                .contains("to do     remove the cause, then start it again with: run");
    }

    @Test
    void refusesMoreThanTheMaxParallelismInALine() {
        String most = KAFKA.unique("most");
        start(most, 100, "--parallelism", "5000")
                .says(2, "--parallelism 5 000 is more than the max parallelism of most");
        // The plan is refused with it, so that the id is free.
        start(most, 5000, "--max-rate", "10").succeeds();
        TestBatch.await("running", () -> flink(most).path("state").asText().equals("RUNNING"));
        // A pause that came too early for a savepoint may still stop the job; the next one is refused then.
        TestBatch.await("a pause", () -> {
            shell.run("pause", most);
            return json(most).path("state").asText().equals("paused");
        });

        shell.run("resume", most, "--parallelism", "5000").says(2, "--parallelism 5 000 is more than");
    }

    @Nightly
    @Test
    void saysThatTheResultTopicIsGoneAndWhyTheJobRestarts() throws Exception {
        String gone = KAFKA.unique("gone");
        Path impatient = directory.resolve("client.properties");
        Files.writeString(
                impatient, "delivery.timeout.ms=3000\nrequest.timeout.ms=1500\nlinger.ms=0\nmax.block.ms=3000\n");
        String topic = new Shell(KAFKA).sample(3000);
        shell.start(topic, gone, "--max-rate", "50", "--command-config", impatient.toString())
                .succeeds();
        TestBatch.await("a commit", () -> json(gone).path("read").asLong() > 0);

        KAFKA.deleteTopic(topic + "." + gone);

        // Flink learns of it only by a failure, which takes two minutes with Kafka's own patience.
        assertThat(flink(gone).path("advice").asText()).contains("topic %s.%s is deleted".formatted(topic, gone));
        TestBatch.await("a failure", () -> flink(gone).path("lastFailure").isTextual());
        Answer status = shell.run("status", gone);
        assertThat(status.out())
                .contains("flink     the job is ")
                .contains("last failure at ")
                .contains("to do     topic %s.%s is deleted".formatted(topic, gone))
                .contains("abandon --batch-id " + gone);
        assertThat(flink(gone).path("advice").asText()).contains("is deleted");
        TestBatch.await("a restart", () -> flink(gone).path("restarts").asLong() > 0);

        cancelWhatRuns();
        assertThat(shell.run("status", gone).out())
                .contains(gone + " is failed")
                .contains("to do     topic %s.%s is deleted".formatted(topic, gone));
        for (Answer again : List.of(shell.start(topic, gone), shell.run("resume", gone))) {
            again.says(4, "topic %s.%s no longer exists".formatted(topic, gone));
            assertThat(again.err()).contains("abandon --batch-id %s --execute".formatted(gone));
        }
    }

    private Answer start(String id, int records, String... further) {
        return shell.start(new Shell(KAFKA).sample(records), id, further);
    }

    private JsonNode json(String id) {
        return shell.run("status", id, "--output", "json").json();
    }

    private JsonNode flink(String id) {
        return json(id).path("flink");
    }

    @AfterEach
    void cancelWhatRuns() throws Exception {
        for (FlinkCluster.Job job : shell.cluster().jobs()) {
            if (job.isLive()) {
                shell.cancel(job.id());
            }
        }
    }
}
