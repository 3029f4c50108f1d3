package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.testing.Acls;
import io.backprocess.testing.BrokerView;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.LogLines;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.SecureBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole life of a batch on a cluster, over TLS with a password and least privilege. Afterwards the source and other people's
 * groups are as they were, and the passwords stand nowhere.
 */
@SuppressWarnings("NullAway.Init")
@Nightly
class SecureLifeITCase {
    @RegisterExtension
    static final SecureBroker KAFKA = new SecureBroker();

    @TempDir
    static Path directory;

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(() -> ClusterShell.keepingSnapshotsIn(directory));

    private static final Shell SHELL = new Shell(new KafkaBroker());
    private static final String SPEC =
            " --source-topic orders --from earliest --from-version 1 --revision purchase-split";
    private static final List<String> CANARIES =
            List.of(SecureBroker.PASSWORD, SecureBroker.KEYSTORE_PASSWORD, SecureBroker.TRUSTSTORE_PASSWORD);

    /** What Kafka's clients say of their configuration, which the tests' own logging leaves out. */
    private static final List<String> CONFIGS = Stream.of(
                    ConsumerConfig.class, ProducerConfig.class, AdminClientConfig.class)
            .map(Class::getName)
            .toList();

    private final Map<String, String> seen = new LinkedHashMap<>();
    private String flink;
    private MiniCluster flinkCluster;
    private Path config;

    @Test
    void leavesTheSourceAsItWasAndThePasswordsNowhere(
            @InjectClusterRESTAddress URI rest, @InjectMiniCluster MiniCluster cluster) throws Exception {
        flinkCluster = cluster;
        flink = rest.getHost() + ":" + rest.getPort();
        config = KAFKA.scram(SecureBroker.PASSWORD);
        ClusterShell.submitAnEmptyJar(directory);
        Acls acls = new Acls(KAFKA.admin(), "User:" + SecureBroker.USER);
        acls.grant(acls.ofThePage());
        SHELL.backprocess(
                        "sample",
                        "--topic",
                        "orders",
                        "--events",
                        "2000",
                        "--execute",
                        "--bootstrap-servers",
                        KAFKA.administrator().getProperty("bootstrap.servers"))
                .succeeds();
        BrokerView.readAs(KAFKA.administrator(), "another-reader", "orders", 300);
        BrokerView before = BrokerView.of(KAFKA.administrator(), "orders");

        CONFIGS.forEach(logger -> Configurator.setLevel(logger, Level.INFO));
        try (LogLines log = new LogLines("", Level.INFO)) {
            aLife(rest);
            seen.put("log", log.text());
        } finally {
            CONFIGS.forEach(logger -> Configurator.setLevel(logger, Level.WARN));
        }

        assertThat(BrokerView.of(KAFKA.administrator(), "orders")).isEqualTo(before);
        assertThat(before.committed()).containsKey("another-reader");
        lookEverywhere();
    }

    private void aLife(URI rest) throws Exception {
        ok("plan --batch-id b" + SPEC);
        ok("preview --sample 100 --out PREVIEW" + SPEC);
        ok("run --parallelism 2 --max-rate 60 --checkpoint-interval 300ms --detached --batch-id b" + SPEC);
        FlinkCluster.Job job =
                new FlinkCluster(rest.getHost(), rest.getPort()).jobs().get(0);
        TestBatch.await("something committed", () -> status("b").path("read").asLong() > 100);
        rest(job.id());
        ok("pause --batch-id b");
        ok("resume --parallelism 1 --checkpoint-interval 300ms --batch-id b");
        ok("verify --batch-id b");
        ok("dlq list --batch-id b");
        ok("redrive --execute --batch-id b");
        ok("report --batch-id b --out REPORT");
        ok("promote --alias a --execute --batch-id b");
        ok("promote --rollback --alias a --execute", 4);
        Path secrets = config;
        config = KAFKA.referring(config, "secret.properties");
        ok("run --parallelism 1 --max-rate 20 --checkpoint-interval 300ms --detached --batch-id c" + SPEC);
        TestBatch.await("something committed", () -> status("c").path("read").asLong() > 10);
        ok("pause --batch-id c");
        withoutItsSecrets();
        ok("abandon --execute --batch-id c");
        ok("batches");
        config = KAFKA.scram(SecureBroker.PASSWORD + "-wrong");
        ok("status --batch-id b", 3);
        config = secrets;
    }

    /** The file that the client properties refer to is taken away under a running job, and a TaskManager is lost. */
    private void withoutItsSecrets() throws Exception {
        ok("resume --parallelism 1 --max-rate 20 --checkpoint-interval 300ms --detached --batch-id c");
        long read = status("c").path("read").asLong();
        TestBatch.await("more committed", () -> status("c").path("read").asLong() > read);
        Path referring = config;
        Path secret = referring.resolveSibling("secret.properties");
        Path aside = Files.move(secret, secret.resolveSibling("aside"));

        flinkCluster.terminateTaskManager(0).get();
        flinkCluster.startTaskManager();

        ok("status --batch-id c", 2);
        assertThat(seen.get("status --batch-id c"))
                .contains("the references in --command-config cannot be resolved on")
                .contains("secret.properties");
        config = KAFKA.scram(SecureBroker.PASSWORD);
        TestBatch.await(
                "the job to fail", () -> status("c").path("state").asText().equals("failed"));
        ok("status --batch-id c");
        assertThat(seen.get("status --batch-id c"))
                .contains("secret.properties")
                .contains("add what is missing there, then go on with: resume --batch-id c");
        config = referring;
        Files.move(aside, secret);
        ok("resume --parallelism 1 --max-rate 20 --checkpoint-interval 300ms --detached --batch-id c");
        ok("pause --batch-id c");
    }

    private JsonNode status(String batch) {
        return run("status --output json --batch-id " + batch).json();
    }

    private void ok(String command) throws IOException {
        ok(command, 0);
    }

    private void ok(String command, int exitCode) throws IOException {
        Answer answer = run(command);
        assertThat(answer.exitCode()).as("%s: %s", command, answer.err()).isEqualTo(exitCode);
        seen.put(command, answer.out() + answer.err());
    }

    private Answer run(String command) {
        List<String> args = new ArrayList<>(List.of(command.replace("REPORT", file("report.html"))
                .replace("PREVIEW", file("preview.html"))
                .split(" +")));
        args.addAll(List.of(
                "--bootstrap-servers", KAFKA.bootstrapServers("SASL_SSL"), "--command-config", config.toString()));
        if (!List.of("plan", "preview", "verify", "dlq", "redrive", "promote").contains(args.get(0))) {
            args.addAll(List.of("--flink", flink));
        }
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    /** Whatever Flink tells of a job and of itself. */
    private void rest(String job) throws Exception {
        JsonNode vertices = new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(get("/jobs/" + job))
                .path("vertices");
        List<String> paths = new ArrayList<>(List.of("/config", "/overview", "/taskmanagers"));
        for (String of : List.of("config", "environment", "metrics", "logs")) {
            paths.add("/jobmanager/" + of);
        }
        for (String of : List.of(
                "",
                "/config",
                "/plan",
                "/exceptions",
                "/checkpoints",
                "/checkpoints/config",
                "/accumulators",
                "/metrics",
                "/jobmanager/environment",
                "/jobmanager/log-url")) {
            paths.add("/jobs/" + job + of);
        }
        for (JsonNode vertex : vertices) {
            for (String of : List.of("", "/accumulators", "/metrics", "/taskmanagers", "/subtasktimes")) {
                paths.add("/jobs/" + job + "/vertices/" + vertex.path("id").asText() + of);
            }
        }
        for (String path : paths) {
            seen.put(path, get(path));
        }
        assertThat(seen.get("/jobs/" + job + "/config")).contains("purchase-split");
    }

    private String get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + flink + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private void lookEverywhere() throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                seen.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        BrokerView.everything(KAFKA.administrator()).forEach((topic, text) -> seen.put("topic " + topic, text));
        seen.put(
                "arguments",
                String.join(" ", ProcessHandle.current().info().arguments().orElse(new String[0])));

        assertThat(seen.keySet())
                .anyMatch(place -> place.contains("savepoints") && place.endsWith("_metadata"))
                .anyMatch(place -> place.contains("checkpoints"))
                .anyMatch(place -> place.endsWith("report.html"))
                .anyMatch(place -> place.endsWith("preview.html"))
                .contains("topic __consumer_offsets", "topic __transaction_state", "topic backprocess.batches");
        // That it would be found: these hold the batch's name.
        assertThat(seen.get("topic __transaction_state")).contains("backprocess.b.owner");
        seen.forEach((place, text) -> {
            for (String canary : CANARIES) {
                assertThat(text.contains(canary)).as("%s in %s", canary, place).isFalse();
            }
        });
    }
}
