package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.Backprocess;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.TestBatch;
import io.backprocess.testing.UserEvents;
import io.backprocess.testing.UserService;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
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
import picocli.CommandLine;

/** A batch that waits for others, as the user sees it. */
@SuppressWarnings("NullAway.Init")
class HoldingITCase {
    private static final String WAIT =
            "events wait for a service or the schema registry to answer; the TaskManager's log says why";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory;

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(() -> ClusterShell.keepingSnapshotsIn(directory));

    private final String batch = KAFKA.unique("batch");
    private final StringWriter err = new StringWriter();
    private ClusterShell shell;
    private String flink;

    @BeforeEach
    void aShell(@InjectClusterRESTAddress URI address) {
        shell = new ClusterShell(KAFKA, address);
        flink = address.getHost() + ":" + address.getPort();
        ClusterShell.submitAnEmptyJar(directory);
    }

    @Test
    void saysThatItWaitsForTheRegistry() throws Exception {
        String topic = KAFKA.unique("avro");
        AvroEvents.write(KAFKA, topic, 7, 100, List.of());
        try (RegistryProxy registry = new RegistryProxy("http://127.0.0.1:1")) {
            registry.exchange(7, AvroEvents.SCHEMA);
            // The start gets the schema, and the job does not.
            String request = "GET /schemas/ids/7";
            registry.before(request, () -> registry.before(request, () -> registry.answersOnly(503)));

            CompletableFuture<Integer> run = run(
                    topic,
                    "--revision",
                    "purchase-split",
                    "--format",
                    "avro",
                    "--framing",
                    "confluent",
                    "--registry",
                    registry.url());

            awaitHoldIn(run);
            registry.answersOnly(0);
            assertHoldWasSeen(run);
        }
    }

    @Test
    void saysThatItWaitsForTheServiceOfARevision() throws Exception {
        UserEvents events = new UserEvents(KAFKA);
        String topic = events.history(300);
        try (UserService users = new UserService()) {
            users.downFrom = 100;

            CompletableFuture<Integer> run =
                    run(topic, "--revision", "look-up-user", "--revision-option", "users=" + users.address());

            awaitHoldIn(run);
            users.downFrom = Integer.MAX_VALUE;
            assertHoldWasSeen(run);
        }
    }

    /** Starts a run whose output can be read before it ends. */
    private CompletableFuture<Integer> run(String topic, String... further) {
        List<String> args = new ArrayList<>(List.of(
                "run",
                "--bootstrap-servers",
                KAFKA.bootstrapServers(),
                "--flink",
                flink,
                "--batch-id",
                batch,
                "--source-topic",
                topic,
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--dedupe-scope",
                "partition",
                "--checkpoint-interval",
                "300 ms"));
        args.addAll(List.of(further));
        CommandLine commandLine = Backprocess.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true));
        return CompletableFuture.supplyAsync(() -> commandLine.execute(args.toArray(String[]::new)));
    }

    private void awaitHoldIn(CompletableFuture<Integer> run) {
        TestBatch.await("the hold in the status", () -> {
            assertThat(run).as(err.toString()).isNotDone();
            return status().contains("holding   " + WAIT);
        });
        assertThat(shell.run("status", batch, "--output", "json")
                        .json()
                        .at("/flink/holding")
                        .asBoolean())
                .isTrue();
        TestBatch.await("the progress of the run", () -> err.toString().contains("ETA unknown, holding"));
    }

    private void assertHoldWasSeen(CompletableFuture<Integer> run) throws Exception {
        assertThat(run.get(90, TimeUnit.SECONDS)).as(err.toString()).isZero();
        assertThat(err.toString()).containsOnlyOnce("holding: " + WAIT);
        assertThat(status()).contains(batch + " is completed").doesNotContain("holding");
    }

    private String status() {
        return shell.run("status", batch).out();
    }
}
