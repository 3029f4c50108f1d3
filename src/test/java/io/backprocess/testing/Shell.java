package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.Backprocess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** The command line as a user types it, in this JVM; Flink is embedded by {@code --local}. */
public final class Shell {
    /** What the user sees. */
    public record Answer(int exitCode, String out, String err) {
        /** One line of error, and no more than one. */
        public void says(int code, String message) {
            assertThat(err).contains(message);
            assertThat(exitCode).as(err).isEqualTo(code);
            assertThat(err.lines().filter(line -> line.startsWith("error: ")))
                    .as(err)
                    .hasSize(1);
        }

        public Answer succeeds() {
            assertThat(exitCode).as(err).isZero();
            return this;
        }

        public JsonNode json() {
            try {
                return new ObjectMapper().readTree(out);
            } catch (JsonProcessingException e) {
                throw new AssertionError(out, e);
            }
        }
    }

    private final KafkaBroker kafka;

    public Shell(KafkaBroker kafka) {
        this.kafka = kafka;
    }

    public Answer backprocess(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        if (!all.contains("--bootstrap-servers")) {
            all.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        }
        return withoutKafka(all.toArray(String[]::new));
    }

    /** Runs a command that is not told where Kafka is. */
    public static Answer withoutKafka(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Backprocess.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int exitCode = commandLine.execute(args);
        return new Answer(exitCode, out.toString(), err.toString());
    }

    /** In an embedded Flink, as {@link #batch} says. */
    public Answer run(String topic, String batch, String... further) {
        List<String> args = batch(topic, batch, further);
        args.addAll(0, List.of("run", "--local"));
        unlessGiven(args, "--checkpoint-interval", "500 ms");
        return backprocess(args.toArray(String[]::new));
    }

    /** Of a batch id that no other test has, unless the further arguments name one. */
    public Answer plan(String topic, String... further) {
        List<String> args = range(topic, further);
        args.add(0, "plan");
        unlessGiven(args, "--batch-id", kafka.unique("batch"));
        return backprocess(args.toArray(String[]::new));
    }

    /** The preview of the topic from earliest, with purchase-split, unless the further arguments say otherwise. */
    public Answer preview(String topic, String... further) {
        List<String> args = range(topic, further);
        args.add(0, "preview");
        return backprocess(args.toArray(String[]::new));
    }

    /** What {@code run} needs: the topic from earliest, with purchase-split, unless the further arguments say otherwise. */
    public static List<String> batch(String topic, String batch, String... further) {
        List<String> args = range(topic, further);
        args.addAll(List.of("--batch-id", batch));
        // Some histories of the tests have records without a key, for which it would be asked.
        unlessGiven(args, "--dedupe-scope", "partition");
        return args;
    }

    private static List<String> range(String topic, String... further) {
        List<String> args = new ArrayList<>(List.of("--source-topic", topic));
        args.addAll(List.of(further));
        unlessGiven(args, "--from", "earliest");
        unlessGiven(args, "--from-version", "1");
        if (!args.contains("--rules")) {
            unlessGiven(args, "--revision", "purchase-split");
        }
        return args;
    }

    public static void unlessGiven(List<String> args, String option, String value) {
        if (!args.contains(option)) {
            args.addAll(List.of(option, value));
        }
    }

    /** A new topic with a dirty history of four partitions. */
    public String sample(int events) {
        String topic = kafka.unique("orders");
        backprocess("sample", "--topic", topic, "--events", String.valueOf(events), "--execute")
                .succeeds();
        return topic;
    }
}
