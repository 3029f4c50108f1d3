package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A consumer in another language: kcat, on librdkafka. */
public final class Kcat {
    private static final String SEPARATOR = "\u001E";

    private Kcat() {}

    /** Reads the committed values of a topic. The test is skipped where kcat is not installed, but not in CI. */
    public static List<String> values(String bootstrapServers, String topic) throws IOException, InterruptedException {
        String all = run(
                null,
                "-b",
                bootstrapServers,
                "-C",
                "-t",
                topic,
                "-o",
                "beginning",
                "-e",
                "-q",
                "-X",
                "isolation.level=read_committed",
                "-f",
                "%s" + SEPARATOR);
        return all.isEmpty() ? List.of() : List.of(all.split(SEPARATOR));
    }

    /** Returns the partition that kcat chooses for each key as Java clients do, in a topic with as many partitions. */
    public static Map<String, Integer> partitionsOf(List<String> keys, KafkaBroker kafka, int partitions)
            throws IOException, InterruptedException {
        String topic = kafka.unique("chosen");
        kafka.createTopic(topic, partitions, "retention.ms=-1");
        String lines = keys.stream().map(key -> key + "\t1\n").collect(Collectors.joining());
        run(
                lines,
                "-b",
                kafka.bootstrapServers(),
                "-P",
                "-t",
                topic,
                "-K",
                "\t",
                "-X",
                "topic.partitioner=murmur2_random");
        Map<String, Integer> chosen = new HashMap<>();
        kafka.read(topic).forEach(record -> chosen.put(new String(record.key(), UTF_8), record.partition()));
        return chosen;
    }

    private static String run(@Nullable String input, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kcat"));
        command.addAll(List.of(args));
        Process kcat;
        try {
            kcat = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            if (System.getenv("CI") == null) {
                Assumptions.abort("kcat is not installed");
            }
            throw e;
        }
        try (OutputStream in = kcat.getOutputStream()) {
            in.write((input == null ? "" : input).getBytes(UTF_8));
        }
        String all = new String(kcat.getInputStream().readAllBytes(), UTF_8);
        assertThat(kcat.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(kcat.exitValue()).isZero();
        return all;
    }
}
