package io.backprocess.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The envelope holds more than purchases: a person's log of failures, from {@code sample} to {@code verify}. */
class JournalITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    @Test
    void learnsFromEachFailureOnceAndLeavesWhatWasNotMine() {
        String topic = journal();
        String batch = KAFKA.unique("batch");

        shell.run(topic, batch, "--revision", "journal", "--from-version", "1.0")
                .succeeds();

        Map<String, ConsumerRecord<byte[], byte[]>> sources = byEventId(KAFKA.read(topic));
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(byEventId(results)).hasSize(10).hasSameSizeAs(results);
        assertThat(byEventId(results)).allSatisfy((eventId, result) -> {
            ConsumerRecord<byte[], byte[]> source = requireNonNull(sources.get(eventId));
            String expected = value(source)
                    .replaceFirst("\"correlationId\": \"life\"", "\"correlationId\": \"" + batch + "\"")
                    .replaceFirst("\"processVersion\": 1(\\.0)?", "\"processVersion\": 2")
                    .replaceFirst("\"lessonLearned\": ?(null|\" *\")", "LESSON");
            String actual =
                    value(result).replaceFirst("\"lessonLearned\": ?\"I assumed: [^\"]+ But here: [^\"]+\"", "LESSON");
            assertThat(actual.contains("LESSON")).as(actual).isEqualTo(!eventId.matches("Email_.*|Dinner_.*"));
            assertThat(actual)
                    .isEqualTo(
                            eventId.startsWith("Email")
                                    ? expected.replace("LESSON", "\"lessonLearned\": null")
                                    : expected);
            assertThat(result.key()).isEqualTo(source.key());
            assertThat(result.timestamp()).isEqualTo(source.timestamp());
        });
        assertThat(value(requireNonNull(byEventId(results).get("Meeting_20251115"))))
                .contains("\"I assumed: 沈黙は気まずい But here: 沈黙（間）は考えている時間だ\"");
        assertThat(KAFKA.read(topic + "." + batch + ".dlq"))
                .extracting(letter -> header(letter, DeadLetterHeaders.REASON) + ": "
                        + value(letter).replaceAll(".*\"eventId\": \"(\\w+)\".*", "$1") + ": "
                        + header(letter, DeadLetterHeaders.MESSAGE).replaceAll("unexpected.*", "…"))
                .containsExactlyInAnyOrder(
                        "rejected: Train_20251108: Not mine to process",
                        "rejected: Phone_20251116: Not mine to process",
                        "missing-context: Email_20251117: myAssumption is missing",
                        "malformed-json: 今日は何も書けない: …");
        JsonNode verification = shell.backprocess("verify", "--batch-id", batch, "--output", "json")
                .succeeds()
                .json();
        assertThat(verification.path("verdict").asText()).isEqualTo("complete");
        Shell.Answer peek =
                shell.backprocess("peek", "--batch-id", batch, "--limit", "10").succeeds();
        assertThat(peek.out().lines().filter(line -> line.contains("\"I assumed: ")))
                .hasSize(8);
    }

    @Nightly
    @Test
    void learnsNothingNewFromWhatItHasWritten() {
        String topic = journal();
        String batch = KAFKA.unique("batch");
        shell.run(topic, batch, "--revision", "journal", "--from-version", "1.0")
                .succeeds();
        String again = KAFKA.unique("batch");

        shell.run(topic + "." + batch, again, "--revision", "journal", "--from-version", "1.0")
                .says(1, "gave no result: 10 skipped");

        assertThat(KAFKA.read(topic + "." + batch + "." + again)).isEmpty();
        assertThat(KAFKA.read(topic + "." + batch + "." + again + ".dlq")).isEmpty();
    }

    @Test
    void saysThatOnlyTheShopCanBeShaped() {
        String topic = KAFKA.unique("life");

        shell.backprocess("sample", "--history", "journal", "--topic", topic, "--events", "7", "--execute")
                .says(2, "--events and --seed only apply to the shop's history; leave them out");
        shell.backprocess("sample", "--history", "diary", "--topic", topic, "--execute")
                .says(2, "--history 'diary' is not one of [shop, journal]");

        assertThat(KAFKA.exists(topic)).isFalse();
    }

    private String journal() {
        String topic = KAFKA.unique("life");
        Shell.Answer dry = shell.backprocess("sample", "--history", "journal", "--topic", topic)
                .succeeds();
        assertThat(dry.out()).contains("would write 16 records into the new topic " + topic);
        assertThat(KAFKA.exists(topic)).isFalse();
        Shell.Answer sample = shell.backprocess("sample", "--history", "journal", "--topic", topic, "--execute")
                .succeeds();
        assertThat(sample.out()).contains("wrote 16 records into " + topic);
        return topic;
    }

    private static Map<String, ConsumerRecord<byte[], byte[]>> byEventId(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, ConsumerRecord<byte[], byte[]>> byEventId = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : new ArrayList<>(records)) {
            byEventId.putIfAbsent(value(record).replaceAll("(?s).*\"eventId\": \"(\\w+)\".*", "$1"), record);
        }
        return byEventId;
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
