package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.Backprocess;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The classes that commands load, each in a JVM of its own. A command that needs no Flink must load none of it, because loading
 * is most of the time that it takes.
 */
@SuppressWarnings("NullAway.Init")
class LoadedClassesITCase {
    private static final Pattern CLASS = Pattern.compile("\\] (\\S+) source: ");

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final String BATCH = KAFKA.unique("batch");

    @TempDir
    Path directory;

    @BeforeAll
    static void aBatchWithDeadLetters() {
        Shell shell = new Shell(KAFKA);
        shell.backprocess(
                        "run",
                        "--source-topic",
                        shell.sample(1000),
                        "--batch-id",
                        BATCH,
                        "--from",
                        "earliest",
                        "--from-version",
                        "1",
                        "--revision",
                        "purchase-split",
                        "--checkpoint-interval",
                        "1s",
                        "--local")
                .succeeds();
    }

    @Test
    void ofTheHelpAreNeitherKafkasNorFlinksNorTheLogs() throws Exception {
        assertThat(loadedBy("Reprocess Kafka history", "--help"))
                .contains("io.backprocess.cli.RunCommand")
                .noneMatch(name -> name.startsWith("org.apache."));
    }

    @Test
    void ofTheCommandsThatOnlyReadKafkaAreNoneOfFlink() throws Exception {
        String[] ofBatch = {"--batch-id", BATCH};

        assertThat(loadedBy(BATCH + " +completed", "batches")).noneMatch(LoadedClassesITCase::isOfFlink);
        assertThat(loadedBy(BATCH + " is completed", "status", ofBatch)).noneMatch(LoadedClassesITCase::isOfFlink);
        assertThat(loadedBy("rejected", "dlq list", ofBatch)).noneMatch(LoadedClassesITCase::isOfFlink);
        assertThat(loadedBy("by reason", "dlq stats", ofBatch)).noneMatch(LoadedClassesITCase::isOfFlink);
    }

    private static boolean isOfFlink(String name) {
        return name.startsWith("org.apache.flink.");
    }

    /**
     * Runs the command in another JVM and returns the names of the classes that it has loaded.
     *
     * @param answer a regular expression for a part of its answer
     */
    private List<String> loadedBy(String answer, String command, String... options) throws Exception {
        Path classes = directory.resolve("classes");
        Path out = directory.resolve("out");
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                Backprocess.class.getName()));
        words.addAll(List.of(command.split(" ")));
        words.addAll(List.of(options));
        ProcessBuilder java =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(out.toFile());
        java.environment().put("BACKPROCESS_BOOTSTRAP_SERVERS", KAFKA.bootstrapServers());
        // No Flink answers there.
        java.environment().put("BACKPROCESS_FLINK", "127.0.0.1:1");
        Process process = java.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

        String said = Files.readString(out);
        assertThat(said).containsPattern(answer);
        assertThat(process.exitValue()).as(said).isZero();
        try (Stream<String> lines = Files.lines(classes)) {
            return lines.map(CLASS::matcher)
                    .filter(matcher -> matcher.find())
                    .map(matcher -> matcher.group(1))
                    .toList();
        }
    }
}
