package io.backprocess.cli;

import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;

/** Commands as a user types them, against the test's broker and the MiniCluster's REST interface. */
public final class ClusterShell {
    private final Shell shell;
    private final String flink;

    public ClusterShell(KafkaBroker kafka, URI flink) {
        this.shell = new Shell(kafka);
        this.flink = flink.getHost() + ":" + flink.getPort();
    }

    public FlinkCluster cluster() {
        return new FlinkCluster(
                flink.substring(0, flink.indexOf(':')), Integer.parseInt(flink.substring(flink.indexOf(':') + 1)));
    }

    public Shell.Answer run(String command, String batchId, String... further) {
        List<String> args = new ArrayList<>(List.of(command));
        if (!batchId.isEmpty()) {
            args.addAll(List.of("--batch-id", batchId));
        }
        if (!List.of(further).contains("--flink")) {
            args.addAll(List.of("--flink", flink));
        }
        args.addAll(List.of(further));
        return shell.backprocess(args.toArray(String[]::new));
    }

    /** Detached and with frequent checkpoints, as {@link Shell#batch} says. */
    public Shell.Answer start(String topic, String batchId, String... further) {
        List<String> args = Shell.batch(topic, batchId, further);
        args.addAll(0, List.of("run", "--detached", "--flink", flink));
        Shell.unlessGiven(args, "--checkpoint-interval", "300 ms");
        return shell.backprocess(args.toArray(String[]::new));
    }

    /** Returns when the job has ended. */
    public void cancel(String jobId) throws IOException, InterruptedException {
        HttpRequest cancel = HttpRequest.newBuilder(URI.create(cluster().webUi() + "/jobs/" + jobId + "?mode=cancel"))
                .method("PATCH", HttpRequest.BodyPublishers.noBody())
                .build();
        HttpClient.newHttpClient().send(cancel, HttpResponse.BodyHandlers.discarding());
        new FlinkSnapshots(cluster()).awaitEnd(jobId, Duration.ofSeconds(30));
    }

    /** A cluster of four slots that keeps checkpoints and savepoints there. */
    public static MiniClusterResourceConfiguration keepingSnapshotsIn(Path directory) {
        Configuration configuration = new Configuration();
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        configuration.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                directory.resolve("savepoints").toUri().toString());
        return new MiniClusterResourceConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumberTaskManagers(1)
                .setNumberSlotsPerTaskManager(4)
                .build();
    }

    /** The classes are on the cluster's class path; the jar that is submitted is empty. */
    public static void submitAnEmptyJar(Path directory) {
        Path jar = directory.resolve("empty.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, new Manifest())) {
            out.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.setProperty("backprocess.jar", jar.toString());
    }
}
