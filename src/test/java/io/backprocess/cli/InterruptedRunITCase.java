package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.Backprocess;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run} says when it is interrupted, in a process of its own, and when it is typed again after the topics are gone. */
class InterruptedRunITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    @Nightly
    @Test
    void saysWhatBecomesOfTheJobWhenItIsInterrupted(@TempDir Path directory) throws Exception {
        String topic = shell.sample(1000);
        String batch = KAFKA.unique("batch");
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        // As scripts/backprocess runs it, but in an Arabic country: digits stay those that programs read.
        command.addAll(
                List.of("-Duser.language=ar", "-Duser.country=EG", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        for (String flag :
                java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-opens") || flag.startsWith("--add-exports")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Backprocess.class.getName()));
        command.addAll(List.of(
                "run",
                "--bootstrap-servers",
                KAFKA.bootstrapServers(),
                "--source-topic",
                topic,
                "--batch-id",
                batch,
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                "purchase-split",
                "--local",
                "--max-rate",
                "10",
                "--parallelism",
                "1"));
        Process run = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            io.backprocess.testing.TestBatch.await("progress", () -> text(err).contains(batch + " running"));

            run.destroy();

            assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            run.destroyForcibly();
        }
        assertThat(text(err))
                .contains(batch + " ran in this process (--local) and has ended with it.", "resume --batch-id " + batch)
                .contains("0.0 %, 0 read");
        assertThat(text(out).lines()).anyMatch(line -> line.startsWith(batch + " runs as Flink job "));
    }

    @Test
    void failsWhereWhatItHasWrittenIsGone() {
        String topic = shell.sample(200);
        String batch = KAFKA.unique("batch");
        shell.run(topic, batch).succeeds();
        assertThat(shell.run(topic, batch).succeeds().out()).contains("is completed already; nothing is written");

        KAFKA.deleteTopic(topic + "." + batch);

        Shell.Answer again = shell.run(topic, batch);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err())
                .contains("error: %s was completed, but topic %s.%s no longer exists, so its"
                        .formatted(batch, topic, batch));
        KAFKA.createTopic(topic + "." + batch, 4);
        again = shell.run(topic, batch);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err())
                .contains("was created again: its partitions end at offset 0 in total, but the batch wrote");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
