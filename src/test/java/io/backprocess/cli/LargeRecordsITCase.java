package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.Reason;
import io.backprocess.revise.RejectedException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import io.backprocess.verify.Originals;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Records that zstd made small and that no topic takes as they are: each ends in exactly one place, and what stands there only by
 * reference can be shown, proven and redriven as long as its origin is there.
 */
class LargeRecordsITCase {
    private static final int MB = 1_000_000;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
        FaultyPurchaseSplit.dropsBlob = event -> false;
    }

    /** Many megabytes of one letter are a few kilobytes as zstd: a topic with Kafka's default limits takes them. */
    @Test
    void endsWithALargeRecordOfEachKind() {
        String topic = topic("retention.ms=-1");
        byte[] large = "a".repeat(20 * MB).getBytes(UTF_8);
        send(
                record(topic, "k", event("e-0", "")),
                record(topic, "k", event("e-1", "a".repeat(70 * MB))),
                record(topic, "k", large),
                new ProducerRecord<>(topic, 0, 3L, large, event("e-3", "")),
                new ProducerRecord<>(topic, 0, 4L, large, (byte[]) null),
                header(record(topic, "k", "no JSON".getBytes(UTF_8)), "trace", "t".getBytes(UTF_8), "bulk", large),
                header(record(topic, "k", event("e-5", "")), "bulk", large, "trace", "t".getBytes(UTF_8)),
                record(topic, "k", event("e-6", "")));

        shell.run(topic, "large", "--accept-dead-letters").succeeds();

        assertThat(KAFKA.read(topic + ".large")).hasSize(2);
        List<ConsumerRecord<byte[], byte[]>> letters = KAFKA.read(topic + ".large.dlq");
        assertThat(letters)
                .extracting(letter -> text(letter.headers(), "reason"))
                .containsExactly(
                        "too-large", "malformed-json", "too-large", "tombstone", "malformed-json", "too-large");
        assertThat(letters).allSatisfy(letter -> {
            assertThat(letter.value()).isNull();
            assertThat(letter.headers().lastHeader(DeadLetterHeaders.VALUE_SHA256) == null)
                    .isEqualTo(text(letter.headers(), "reason").equals("tombstone"));
        });
        assertThat(text(letters.get(0).headers(), "message")).isEqualTo("more than 64 MiB of results of one event");
        assertThat(text(letters.get(0).headers(), "event-id")).isEqualTo("e-1");
        assertThat(text(letters.get(1).headers(), "value-size")).isEqualTo("" + 20 * MB);
        assertThat(letters.get(1).key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(letters.get(2).key()).isNull();
        assertThat(text(letters.get(2).headers(), "key-sha256")).hasSize(64);
        assertThat(text(letters.get(3).headers(), "value-size")).isEqualTo("-1");
        assertThat(text(letters.get(4).headers(), "headers-dropped")).isEqualTo("1");
        assertThat(letters.get(4).headers().lastHeader("bulk")).isNull();
        assertThat(letters.get(4).headers().lastHeader("trace")).isNotNull();
        assertThat(shell.backprocess("verify", "--batch-id", "large").succeeds().out())
                .contains("complete");
        JsonNode tried = shell.backprocess("redrive", "--batch-id", "large", "--execute", "--output", "json")
                .succeeds()
                .json();
        assertThat(tried.path("failed").asInt() + tried.path("undecided").asInt())
                .isEqualTo(6);
        assertThat(shell.backprocess("verify", "--batch-id", "large").succeeds().out())
                .contains("complete");
    }

    @Nightly
    @Test
    void showsProvesAndRedrivesWhatStandsByReference() throws Exception {
        String topic = topic("retention.ms=-1");
        String blob = "a".repeat(19 * MB);
        send(
                record(topic, "k", event("e-0", "")),
                record(topic, "k", event("e-1", blob)),
                record(topic, "k", event("e-2", "")));
        FaultyPurchaseSplit.throwsAt =
                event -> event.eventId().equals("e-1") ? new RejectedException("not today") : null;
        shell.run(topic, "by-reference", "--revision", FaultyPurchaseSplit.NAME).succeeds();

        ConsumerRecord<byte[], byte[]> letter =
                KAFKA.read(topic + ".by-reference.dlq").get(0);
        assertThat(letter.value()).isNull();
        assertThat(text(letter.headers(), "reason")).isEqualTo(Reason.REJECTED.toString());
        Shell.Answer verified =
                shell.backprocess("verify", "--batch-id", "by-reference").succeeds();
        assertThat(verified.out()).contains("complete");

        String shown = shell.backprocess("dlq", "show", "--batch-id", "by-reference")
                .succeeds()
                .out();
        assertThat(shown)
                .contains("not today", "the value is at the origin: 19", "{\"eventId\":\"e-1\"", "bytes more")
                .hasSizeLessThan(20_000);
        JsonNode json = shell.backprocess("dlq", "show", "--batch-id", "by-reference", "--output", "json")
                .succeeds()
                .json()
                .at("/deadLetters/0");
        assertThat(json.path("original").asText()).isEqualTo("there");
        assertThat(json.path("valueSha256").asText()).hasSize(64);
        assertThat(json.path("value").isNull()).isTrue();
        assertThat(shell.backprocess("dlq", "list", "--batch-id", "by-reference", "--output", "json")
                        .succeeds()
                        .json()
                        .at("/deadLetters/0/valueSize")
                        .asLong())
                .isGreaterThan(19 * MB);

        FaultyPurchaseSplit.throwsAt = event -> event.eventId().equals("e-1") ? new RejectedException("nor now") : null;
        assertThat(redrive("by-reference").path("failed").asInt()).isEqualTo(1);
        shell.backprocess("verify", "--batch-id", "by-reference").succeeds();
        FaultyPurchaseSplit.throwsAt = event -> null;
        FaultyPurchaseSplit.dropsBlob = event -> event.eventId().equals("e-1");
        assertThat(redrive("by-reference").path("succeeded").asInt()).isEqualTo(1);
        assertThat(KAFKA.read(topic + ".by-reference")).hasSize(3);
        shell.backprocess("verify", "--batch-id", "by-reference").succeeds();
    }

    @Nightly
    @Test
    void leavesDeadWhatIsGoneFromItsOrigin() {
        String topic = topic("retention.ms=-1");
        send(record(topic, "k", event("e-0", "a".repeat(19 * MB))), record(topic, "k", event("e-1", "")));
        shell.run(topic, "gone").succeeds();
        StoredDeadLetter letter =
                StoredDeadLetter.read(KAFKA.read(topic + ".gone.dlq").get(0)).orElseThrow();
        try (Originals originals = new Originals(KAFKA.clients())) {
            assertThat(originals.whole(letter)).isPresent();
            KAFKA.deleteRecordsBefore(topic, 0, 1);
            assertThat(originals.whole(letter))
                    .as("where retention is quicker than the reader")
                    .isEmpty();
        }

        assertThat(shell.backprocess("dlq", "show", "--batch-id", "gone")
                        .succeeds()
                        .out())
                .contains("missing: " + topic + "/0/0 no longer holds a record with this hash");
        JsonNode json = shell.backprocess("dlq", "show", "--batch-id", "gone", "--output", "json")
                .succeeds()
                .json();
        assertThat(json.at("/deadLetters/0/original").asText()).isEqualTo("gone");
        assertThat(redrive("gone").path("gone").asInt()).isEqualTo(1);
        assertThat(KAFKA.read(topic + ".gone.dlq")).hasSize(1);
        assertThat(shell.backprocess("verify", "--batch-id", "gone").exitCode()).isEqualTo(5);
    }

    private JsonNode redrive(String batch) {
        return shell.backprocess("redrive", "--batch-id", batch, "--execute", "--output", "json")
                .succeeds()
                .json();
    }

    private static String topic(String... config) {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1, config);
        return topic;
    }

    private static byte[] event(String id, String blob) {
        return "{\"eventId\":\"%s\",\"correlationId\":null,\"eventTimestamp\":\"2025-01-01T00:00:00Z\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":9.50,\"blob\":\"%s\"}}"
                .formatted(id, blob)
                .getBytes(UTF_8);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
        return new ProducerRecord<>(topic, 0, 1_735_689_600_000L, key.getBytes(UTF_8), value);
    }

    private static ProducerRecord<byte[], byte[]> header(
            ProducerRecord<byte[], byte[]> record, String first, byte[] one, String second, byte[] other) {
        record.headers().add(first, one);
        record.headers().add(second, other);
        return record;
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(DeadLetterHeaders.PREFIX + name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    @SafeVarargs
    private static void send(ProducerRecord<byte[], byte[]>... records) {
        Properties properties = KAFKA.properties();
        properties.put("compression.type", "zstd");
        properties.put("max.request.size", "200000000");
        properties.put("buffer.memory", "300000000");
        properties.put("linger.ms", "0");
        properties.put("batch.size", "1");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
