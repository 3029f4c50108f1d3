package io.backprocess.verify;

import io.backprocess.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** A source topic of which partition 0 is dirty, 1 has gaps, 2 is empty and 3 is plain, and batches over it. */
final class DirtyTopic {
    static final int PLAIN = 3;

    private DirtyTopic() {}

    /** Creates the topic and returns its name. */
    static String create(KafkaBroker kafka) {
        String topic = kafka.unique("orders");
        kafka.createTopic(topic, 4, "retention.ms=-1");
        kafka.send(
                record(topic, 0, purchase("e-1", "SKU-PREMIUM-1", "10.50")),
                record(topic, 0, purchase("e-1", "SKU-PREMIUM-1", "10.50")),
                record(topic, 0, purchase("e-1", "SKU-BASIC-1", "99")),
                record(topic, 0, "{\"eventId\":\"e-2\",\"processVersion\":2,\"payload\":{}}"),
                record(topic, 0, "{\"eventId\":"),
                record(topic, 0, null),
                record(topic, 0, purchase("e-3", "SKU-PREMIUM-1", "-999")),
                record(
                        topic,
                        0,
                        "{\"eventId\":\"e-4\",\"processVersion\":1.0,\"payload\":{\"actionType\":\"Purchased\",\"items\":["
                                + "{\"itemSku\":\"SKU-PREMIUM-1\",\"amount\":1},{\"itemSku\":\"SKU-BASIC-1\",\"amount\":2},"
                                + "{\"itemSku\":\"SKU-OTHER\",\"amount\":3}]}}"),
                record(topic, 0, "{\"eventId\":\"e-5\",\"userId\":\"u\",\"actionType\":\"a\",\"timestamp\":1}"),
                record(topic, 0, purchase("e-6", "SKU-BASIC-1", "5")));
        kafka.send(record(topic, 1, purchase("f-0", "SKU-BASIC-1", "1")));
        kafka.sendAndAbort(List.of(record(topic, 1, purchase("f-1", "SKU-BASIC-1", "1"))));
        kafka.sendAndCommit(List.of(record(topic, 1, purchase("f-2", "SKU-BASIC-1", "1")), record(topic, 1, "[]")));
        kafka.sendAndAbort(List.of(record(topic, 1, purchase("f-3", "SKU-BASIC-1", "1"))));
        List<ProducerRecord<byte[], byte[]>> plain = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            boolean rejected = i % 10 == 9;
            plain.add(record(topic, PLAIN, purchase("g-" + i, "SKU-PREMIUM-" + i, rejected ? "-" + i : "" + i)));
        }
        kafka.send(plain);
        return topic;
    }

    static String purchase(String eventId, String sku, String amount) {
        return """
                {"eventId":"%s","correlationId":"c","eventTimestamp":"2025-01-01T00:00:00Z","processVersion":1,\
                "payload":{"actionType":"Purchased","itemSku":"%s","amount":%s}}""".formatted(eventId, sku, amount);
    }

    static List<ProducerRecord<byte[], byte[]>> records(WrittenBatch batch, Output output) {
        return (output == Output.RESULTS ? batch.results : batch.deadLetters).get(PLAIN);
    }

    static String topic(WrittenBatch batch, Output output) {
        return output == Output.RESULTS ? batch.resultTopic() : batch.deadLetterTopic();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, @Nullable String value) {
        return new ProducerRecord<>(
                topic,
                partition,
                1_700_000_000_000L,
                bytes("key"),
                value == null ? null : bytes(value),
                new RecordHeaders().add("trace", bytes("t")));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
