package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of times over histories whose records are not in the order of their times. */
class ExactTimesITCase {
    private static final String FROM = "2024-12-31T23:00:00Z";
    private static final String UNTIL = "2024-12-31T23:59:00Z";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @ParameterizedTest
    @ValueSource(strings = {"partition", "global"})
    void takesTheRecordsOfTheRangeInWhateverOrderTheyStand(String scope) {
        String topic = outOfOrder("retention.ms=-1");
        String batch = KAFKA.unique("batch");

        Answer plain = backprocess("plan", range(topic, KAFKA.unique("batch")));
        Answer run =
                backprocess("run", range(topic, batch, "--exact-times", "record", "--dedupe-scope", scope, "--local"));

        assertThat(plain.out()).containsPattern("total .* 0");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("partition .* skipped +outside +duplicates");
        assertThat(KAFKA.read(topic + "." + batch))
                .extracting(result -> new String(result.key(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrder("in-1", "in-2", "in-3");
        JsonNode status =
                backprocess("status", "--batch-id", batch, "--output", "json").json();
        assertThat(figures(status)).containsExactly(10, 1, 5, 0, 1, 3, 3);
        assertThat(status.path("partitions").get(1).path("outside").asInt()).isEqualTo(2);
        Answer verify = backprocess("verify", "--batch-id", batch, "--output", "json");
        assertThat(verify.exitCode()).as(verify.out()).isZero();
        assertThat(figures(verify.json().path("recounted"))).containsExactly(10, 1, 5, 0, 1, 3, 3);
        assertThat(verify.json().path("ledger")).isEqualTo(verify.json().path("recounted"));
    }

    @Test
    void takesEventsByTheTimeInTheirEnvelopeWhateverKafkasIs() {
        String topic = KAFKA.unique("appended");
        KAFKA.createTopic(topic, 1, "message.timestamp.type=LogAppendTime");
        KAFKA.send(
                event(topic, 0, 0, "late", "1", "2025-01-01T00:00:00Z"),
                event(topic, 0, 0, "in-1", "1", "2024-12-31T23:58:59.999Z"),
                event(topic, 0, 0, "early", "1", "2024-12-31T22:59:59.999Z"),
                event(topic, 0, 0, "in-2", "1", FROM),
                event(topic, 0, 0, "never", "1", "soon"),
                event(topic, 0, 0, "other", "2", "soon"),
                event(topic, 0, 0, "other-in", "2", FROM),
                event(topic, 0, 0, "other-out", "2", UNTIL));
        String batch = KAFKA.unique("batch");

        Answer run = backprocess("run", range(topic, batch, "--exact-times", "event", "--local"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(KAFKA.read(topic + "." + batch))
                .extracting(result -> new String(result.key(), StandardCharsets.UTF_8))
                .containsExactly("in-1", "in-2");
        assertThat(KAFKA.read(topic + "." + batch + ".dlq"))
                .extracting(letter -> new String(letter.key(), StandardCharsets.UTF_8))
                .containsExactly("never");
        JsonNode status =
                backprocess("status", "--batch-id", batch, "--output", "json").json();
        assertThat(figures(status)).containsExactly(8, 2, 3, 0, 1, 2, 2);
        assertThat(status.path("deadLettersByReason").path("invalid-field").asInt())
                .isEqualTo(1);
        assertThat(backprocess("verify", "--batch-id", batch).exitCode()).isZero();
        assertThat(backprocess("redrive", "--batch-id", batch).out()).contains("would fail again: invalid-field 1");
    }

    @Test
    void previewsTheSameChoice() {
        String topic = outOfOrder("retention.ms=-1");

        JsonNode counts = backprocess(
                        "preview",
                        "--source-topic",
                        topic,
                        "--from",
                        FROM,
                        "--until",
                        UNTIL,
                        "--exact-times",
                        "record",
                        "--from-version",
                        "1",
                        "--revision",
                        "purchase-split",
                        "--output",
                        "json")
                .json()
                .path("counts");

        assertThat(counts.path("read").asInt()).isEqualTo(10);
        assertThat(counts.path("outside").asInt()).isEqualTo(5);
        assertThat(counts.path("taken").asInt()).isEqualTo(3);
    }

    @Test
    void readsNoFurtherThanTheDisorderThatIsNamed() {
        String topic = KAFKA.unique("bounded");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int minute = 0; minute < 600; minute += 10) {
            // Every second record comes twenty minutes too late.
            long late = minute % 20 == 0 ? 0 : 20;
            Instant time = Instant.parse("2024-12-31T18:00:00Z").plusSeconds(60 * (minute - late));
            records.add(event(topic, 0, time.toEpochMilli(), "m-" + minute, "1", time.toString()));
        }
        KAFKA.send(records);

        Answer whole =
                backprocess("plan", range(topic, KAFKA.unique("batch"), "--exact-times", "record", "--output", "json"));
        Answer bounded = backprocess(
                "plan",
                range(
                        topic,
                        KAFKA.unique("batch"),
                        "--exact-times",
                        "record",
                        "--max-disorder",
                        "30 min",
                        "--output",
                        "json"));

        assertThat(offsets(whole)).containsExactly(0, 60);
        // From 22:30 on, and until 00:29.
        assertThat(offsets(bounded)).containsExactly(28, 40);
    }

    @Test
    void refusesChoicesThatMeanNothing() {
        String topic = outOfOrder();

        assertThat(backprocess("plan", range(topic, KAFKA.unique("batch"), "--max-disorder", "1 h"))
                        .err())
                .contains(
                        "--max-disorder says how far to search for the records that --exact-times takes; add --exact-times");
        assertThat(backprocess("plan", range(topic, KAFKA.unique("batch"), "--exact-times", "envelope"))
                        .err())
                .contains("--exact-times 'envelope' is not one of [record, event]");
        Answer all = backprocess(
                "plan",
                "--source-topic",
                topic,
                "--batch-id",
                "b",
                "--from",
                "earliest",
                "--exact-times",
                "record",
                "--from-version",
                "1",
                "--revision",
                "purchase-split");
        assertThat(all.exitCode()).isEqualTo(2);
        assertThat(all.err()).contains("give an instant as --from or --until");
    }

    private static List<Integer> offsets(Answer plan) {
        JsonNode range = plan.json().path("plan").path("ranges").get(0);
        return List.of(range.path("start").asInt(), range.path("end").asInt());
    }

    private static List<Integer> figures(JsonNode json) {
        return List.of("read", "skipped", "outside", "duplicates", "deadLetters", "taken", "results").stream()
                .map(name -> json.path(name).asInt(-1))
                .toList();
    }

    /** Ten records, three of them in the range, each behind one that is younger than its end. */
    private static String outOfOrder(String... configs) {
        String topic = KAFKA.unique("mix");
        KAFKA.createTopic(topic, 2, configs);
        long from = Instant.parse(FROM).toEpochMilli();
        long until = Instant.parse(UNTIL).toEpochMilli();
        KAFKA.send(
                event(topic, 0, until + 80_000, "out-1", "1", UNTIL),
                event(topic, 0, from + 60_000, "in-1", "1", FROM),
                event(topic, 0, from - 1, "out-2", "1", FROM),
                new ProducerRecord<>(topic, 0, from + 61_000, bytes("dead"), bytes("no json")),
                new ProducerRecord<>(topic, 0, until, bytes("dead-out"), bytes("no json")),
                event(topic, 1, until, "out-3", "1", FROM),
                event(topic, 1, until - 1, "in-2", "1", UNTIL),
                event(topic, 1, from, "in-3", "1", FROM),
                event(topic, 1, from, "other", "2", FROM),
                event(topic, 1, until, "other-out", "2", FROM));
        return topic;
    }

    private static ProducerRecord<byte[], byte[]> event(
            String topic, int partition, long timestamp, String id, String version, String time) {
        String value =
                "{\"eventId\":\"%s\",\"eventTimestamp\":\"%s\",\"processVersion\":%s,\"payload\":{\"actionType\":\"Seen\"}}"
                        .formatted(id, time, version);
        return new ProducerRecord<>(topic, partition, timestamp, bytes(id), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String[] range(String topic, String batch, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "--source-topic",
                topic,
                "--batch-id",
                batch,
                "--from",
                FROM,
                "--until",
                UNTIL,
                "--from-version",
                "1",
                "--revision",
                "purchase-split"));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static Answer backprocess(String command, String... args) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(args));
        return new Shell(KAFKA).backprocess(all.toArray(String[]::new));
    }
}
