package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell.Answer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The same batch is run by two processes at once. */
@SuppressWarnings("NullAway.Init")
class RunTwiceITCase {
    private static final int PARTITIONS = 3;

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

    /** The end is where the topic ends, and that is another place for each of them. */
    @Test
    void aTopicThatIsBeingWrittenToIsReadByOnePlan() throws Exception {
        String topic = history();
        String batch = KAFKA.unique("twice");
        CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> run(topic, batch));
        CompletableFuture<Answer> second = CompletableFuture.supplyAsync(() -> run(topic, batch));
        CompletableFuture<Void> both = CompletableFuture.allOf(first, second).orTimeout(90, TimeUnit.SECONDS);
        for (long seed = 1000; !both.isDone(); seed++) {
            KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(5));
        }
        both.get();

        assertOneRan(batch, first.get(), second.get());
    }

    @Test
    void ofTwoSpecificationsOneIsRefused() throws Exception {
        String topic = history();
        String batch = KAFKA.unique("specs");
        CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> run(topic, batch));
        CompletableFuture<Answer> second =
                CompletableFuture.supplyAsync(() -> run(topic, batch, "--result-headers", "full"));

        assertOneRan(batch, first.get(60, TimeUnit.SECONDS), second.get(60, TimeUnit.SECONDS));
        Answer refused = first.get().exitCode() == 4 ? first.get() : second.get();
        refused.says(4, "batch '" + batch + "' was planned with another specification (result-headers: ");
    }

    private void assertOneRan(String batch, Answer first, Answer second) throws Exception {
        assertThat(List.of(first.exitCode(), second.exitCode()))
                .as("%s%n%s", first.err(), second.err())
                .contains(0)
                .isSubsetOf(0, 4);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            String job = shell.cluster()
                    .job(new PlanStore(admin).get(batch))
                    .orElseThrow()
                    .id();
            new FlinkSnapshots(shell.cluster()).awaitEnd(job, Duration.ofSeconds(60));
            assertThat(shell.cluster()
                            .get("/jobs/" + job + "/config")
                            .at("/execution-config/user-config/plan-hash")
                            .asText())
                    .isEqualTo(new PlanStore(admin).get(batch).hash());
        }
        shell.run("verify", batch).succeeds();
        shell.run("status", batch, "--expect", "completed").succeeds();
    }

    private static String history() {
        String topic = KAFKA.unique("live");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 7).records(500));
        return topic;
    }

    private Answer run(String topic, String batch, String... more) {
        List<String> further = new ArrayList<>(List.of("--parallelism", "1"));
        further.addAll(List.of(more));
        return shell.start(topic, batch, further.toArray(String[]::new));
    }
}
