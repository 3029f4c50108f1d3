package io.backprocess.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.Backprocess;
import io.backprocess.testing.KafkaBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import picocli.CommandLine;

/** Commands as a user types them, against the test's broker and the MiniCluster's REST interface. */
final class Shell {
    record Outcome(int exitCode, String out, String err) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(out);
            } catch (JsonProcessingException e) {
                throw new AssertionError(out, e);
            }
        }
    }

    private final KafkaBroker kafka;
    private final String flink;

    Shell(KafkaBroker kafka, URI flink) {
        this.kafka = kafka;
        this.flink = flink.getHost() + ":" + flink.getPort();
    }

    FlinkCluster cluster() {
        return new FlinkCluster(
                flink.substring(0, flink.indexOf(':')), Integer.parseInt(flink.substring(flink.indexOf(':') + 1)));
    }

    Outcome run(String command, String batchId, String... further) {
        List<String> args = new ArrayList<>(List.of(command));
        if (!batchId.isEmpty()) {
            args.addAll(List.of("--batch-id", batchId));
        }
        args.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        if (!List.of("verify").contains(command) && !List.of(further).contains("--flink")) {
            args.addAll(List.of("--flink", flink));
        }
        args.addAll(List.of(further));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Backprocess.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int exitCode = commandLine.execute(args.toArray(String[]::new));
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    /** The classes are on the cluster's class path; the jar that is submitted is empty. */
    static void submitAnEmptyJar(Path directory) {
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
