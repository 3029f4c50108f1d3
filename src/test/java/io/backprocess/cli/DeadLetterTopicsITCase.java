package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.envelope.ForeignRecords;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topics of dead letters that other frameworks have written, as the source of a batch. */
class DeadLetterTopicsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("dlt");
    private final String batch = KAFKA.unique("batch");

    @ParameterizedTest
    @CsvSource({
        "spring, 7, orders/1/101",
        "connect, 6, orders/1/101",
        "streams, 6, orders/1/101",
        "share, 6, orders/1/101"
    })
    void replaysTheLettersOfAFramework(String family, int results, String one) {
        send(family);

        shell.run(topic, batch, "--dead-letters-of", family).succeeds();

        verify();
        List<ConsumerRecord<byte[], byte[]>> written = KAFKA.read(topic + "." + batch);
        assertThat(written).hasSize(results);
        assertThat(written).allSatisfy(result -> assertThat(headers(result).keySet())
                .isSubsetOf(
                        "traceparent",
                        "bad",
                        "backprocess.source",
                        "backprocess.first-source",
                        "backprocess.attempts",
                        "backprocess.correlation-id"));
        assertThat(written)
                .extracting(result -> headers(result).get("backprocess.first-source"))
                .contains(one);
    }

    @Test
    void takesOnlyTheLettersThatAreSelected() {
        send("spring");

        shell.run(
                        topic,
                        batch,
                        "--dead-letters-of",
                        "spring",
                        "--reason-like",
                        "unknownsku",
                        "--max-attempts",
                        "3",
                        "--since",
                        "2020-01-01T00:00:00Z")
                .succeeds();

        verify();
        assertThat(KAFKA.read(topic + "." + batch)).isNotEmpty().allSatisfy(result -> assertThat(
                        headers(result).get("backprocess.attempts"))
                .isIn("1", "2"));
        assertThat(shell.backprocess("status", "--batch-id", batch).succeeds().out())
                .contains("attempts-exhausted 1", "not-selected ");
        shell.run(topic, "b", "--reason-like", "x").says(2, "add --dead-letters-of");
        shell.run(topic, "b", "--dead-letters-of", "spring", "--max-attempts", "0")
                .says(2, "--max-attempts 0 is less than one");
        shell.run(topic, "b", "--dead-letters-of", "rabbit").says(2, "--dead-letters-of 'rabbit' is not one of");
    }

    /** Kafka copies records into the letters of a share group only if the group asks for it. */
    @Test
    void saysOfLettersWithoutACopyWhereTheirValuesAre() {
        send("share");

        JsonNode preview = shell.preview(
                        topic, "--dead-letters-of", "share", "--reason-like", "rejected by client", "--output", "json")
                .succeeds()
                .json();
        shell.run(topic, batch, "--dead-letters-of", "share", "--reason-like", "rejected by client")
                .succeeds();

        verify();
        JsonNode status = shell.backprocess("status", "--batch-id", batch, "--output", "json")
                .succeeds()
                .json();
        for (String figure : List.of("read", "taken", "skipped", "duplicates", "deadLetters", "results")) {
            assertThat(status.path(figure))
                    .as(figure)
                    .isEqualTo(preview.path("counts").path(figure));
        }
        assertThat(status.path("deadLettersByReason")).hasToString("{\"tombstone\":4}");
        assertThat(KAFKA.read(topic + "." + batch + ".dlq"))
                .map(DeadLetterTopicsITCase::headers)
                .filteredOn(headers -> String.valueOf(headers.get("__backprocess.errors.message"))
                        .startsWith("the broker has not copied the record"))
                .hasSize(3)
                .allSatisfy(headers -> assertThat(headers)
                        .containsEntry("__dlq.errors.topic", "orders")
                        .hasEntrySatisfying("__backprocess.errors.message", message -> assertThat(message)
                                .contains("__dlq.errors.topic", "errors.deadletterqueue.copy.record.enable=true")));
    }

    @Test
    void refusesATopicOfLettersWithoutCopiesOnly() {
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        ForeignRecords.of("foreign-dlt/share.jsonl").stream()
                .filter(each -> each.about().contains("not copied"))
                .forEach(each -> KAFKA.send(each.to(topic)));

        shell.run(topic, batch, "--dead-letters-of", "share")
                .says(4, "100 % look like dead letters of a share group without a copy of the record");
    }

    /** The dead letters of a batch are the source of another one, and those of it of a third. */
    @Test
    void replaysItsOwnDeadLettersAndKeepsWhereTheyFailedFirst() {
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        for (String amount : List.of("-1", "-2")) {
            KAFKA.send(new ProducerRecord<>(
                    topic,
                    0,
                    1_735_689_600_000L,
                    "key".getBytes(UTF_8),
                    ("{\"eventId\":\"e" + amount
                                    + "\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":"
                                    + amount + "}}")
                            .getBytes(UTF_8)));
        }
        String second = KAFKA.unique("batch");
        shell.run(topic, batch, "--accept-dead-letters").succeeds();
        String letters = topic + "." + batch + ".dlq";

        shell.run(letters, second, "--dead-letters-of", "backprocess", "--accept-dead-letters")
                .succeeds();

        assertThat(shell.backprocess("verify", "--batch-id", second).succeeds().out())
                .contains("complete");
        assertThat(KAFKA.read(letters + "." + second + ".dlq")).hasSize(2).allSatisfy(letter -> assertThat(
                        headers(letter))
                .containsEntry("__backprocess.errors.topic", letters)
                .containsEntry("backprocess.first-source", topic + "/0/" + letter.offset())
                .containsEntry("backprocess.attempts", "1"));
    }

    private void send(String family) {
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        for (ForeignRecords.Foreign each : ForeignRecords.of("foreign-dlt/" + family + ".jsonl")) {
            KAFKA.send(each.to(topic));
        }
    }

    private void verify() {
        assertThat(shell.backprocess("verify", "--batch-id", batch).succeeds().out())
                .contains("complete");
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        StreamSupport.stream(record.headers().spliterator(), false)
                .forEach(header ->
                        headers.put(header.key(), header.value() == null ? "null" : new String(header.value(), UTF_8)));
        return headers;
    }
}
