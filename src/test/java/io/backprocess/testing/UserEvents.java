package io.backprocess.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Events that {@link UserService} is asked about, and what {@link LookUpUser} makes of them. */
public final class UserEvents {
    private static final int PARTITIONS = 3;

    private final KafkaBroker kafka;

    public UserEvents(KafkaBroker kafka) {
        this.kafka = kafka;
    }

    public String history(int events) {
        String topic = kafka.unique("orders");
        kafka.createTopic(topic, PARTITIONS, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            records.add(event(topic, i % PARTITIONS, "e-" + i, "user-" + i % 97));
        }
        kafka.send(records);
        return topic;
    }

    public static ProducerRecord<byte[], byte[]> event(String topic, int partition, String eventId, String user) {
        return new ProducerRecord<>(
                topic,
                partition,
                null,
                bytes("{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"userId\":\"%s\"}}"
                        .formatted(eventId, user)));
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public Map<Integer, List<String>> expected(String topic) {
        Map<Integer, List<String>> expected = new HashMap<>();
        kafka.readByPartition(topic)
                .forEach((partition, records) -> expected.put(
                        partition, records.stream().map(UserEvents::expected).toList()));
        return expected;
    }

    private static String expected(ConsumerRecord<byte[], byte[]> source) {
        String user = value(source).replaceAll(".*\"userId\":\"([^\"]*)\".*", "$1");
        return value(source)
                .replace("\"processVersion\":1", "\"processVersion\":2")
                .replace("\"}}", "\",\"user\":{\"name\": \"%s\"}}}".formatted(user.toUpperCase(Locale.ROOT)));
    }

    /** Without the correlationId that each result gets at its end. */
    public Map<Integer, List<String>> results(String topic) {
        Map<Integer, List<String>> results = new HashMap<>();
        kafka.readByPartition(topic)
                .forEach((partition, records) -> results.put(
                        partition,
                        records.stream()
                                .map(UserEvents::value)
                                .map(value -> value.replaceAll(",\"correlationId\":\"[^\"]*\"", ""))
                                .toList()));
        return results;
    }

    public static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }
}
