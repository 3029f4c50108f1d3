package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a start was told holds for the next one. */
@SuppressWarnings("NullAway.Init")
@Nightly
class SettingsITCase {
    private static final int RECORDS = 16_000;
    private static final int RATE = 2_000;

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

    /** All dead, which is too many by default, from a source that is to be spared. */
    @Test
    void aResumedBatchGoesOnAtTheRateAndWithTheLimitsThatItsStartWasTold() {
        String topic = KAFKA.unique("junk");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        KAFKA.send(IntStream.range(0, RECORDS)
                .mapToObj(i -> new ProducerRecord<>(topic, new byte[0], ("junk" + i).getBytes(StandardCharsets.UTF_8)))
                .toList());
        String batch = KAFKA.unique("batch");
        shell.run(
                        "run",
                        batch,
                        "--source-topic",
                        topic,
                        "--from",
                        "earliest",
                        "--from-version",
                        "1",
                        "--revision",
                        "purchase-split",
                        "--max-rate",
                        "" + RATE,
                        "--max-dlq-ratio",
                        "1",
                        "--checkpoint-interval",
                        "300 ms",
                        "--parallelism",
                        "1",
                        "--detached")
                .succeeds();
        TestBatch.await("a commit", () -> status(batch).get("read").asLong() > 0);
        shell.run("pause", batch).succeeds();
        JsonNode paused = status(batch);

        long begin = System.nanoTime();
        Answer resume = shell.run("resume", batch, "--accept-dead-letters").succeeds();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(resume.out()).contains("keeps the settings of an earlier start: --parallelism 1 --max-rate 2000");
        assertThat(took).isGreaterThan(Duration.ofMillis(paused.get("remaining").asLong() * 900 / RATE));
        assertThat(status(batch).get("deadLetters").asLong()).isEqualTo(RECORDS);
        JsonNode settings = paused.get("settings");
        assertThat(settings.get("maxRate").asLong()).isEqualTo(RATE);
        assertThat(settings.get("maxDlqRatio").asDouble()).isEqualTo(1);
        assertThat(settings.get("checkpointInterval").asText()).isEqualTo("300 ms");
        assertThat(settings.get("parallelism").asInt()).isEqualTo(1);
        assertThat(settings.get("transactionTimeout").isNull()).isTrue();
        assertThat(shell.run("status", batch).out())
                .contains(
                        "settings  --parallelism 1 --max-rate 2000 --max-dlq-ratio 1.0 --checkpoint-interval '300 ms'");
    }

    private JsonNode status(String batch) {
        return shell.run("status", batch, "--output", "json").succeeds().json();
    }
}
