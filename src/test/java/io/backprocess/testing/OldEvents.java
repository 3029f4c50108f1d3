package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Old events of twenty-two users on one level, and the contexts of twenty of them, which change, are deleted and arrive late. What
 * each event must get is searched for in a plain list.
 */
public final class OldEvents {
    public static final int EVENTS = 800;
    public static final int CONTEXTS = 100;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long FIRST = Instant.parse("2020-01-01T00:00:00Z").toEpochMilli();

    private final KafkaBroker kafka;
    private final Random random = new Random(8);
    public final String topic;
    public final String contexts;

    /** What must become of each event, by eventId. */
    public final Map<String, String> expected = new TreeMap<>();

    public OldEvents(KafkaBroker kafka) {
        this.kafka = kafka;
        this.topic = kafka.unique("orders");
        this.contexts = kafka.unique("users");
        write();
    }

    /** Events whose context is not known. */
    public long dead() {
        return expected.values().stream()
                .filter(what -> what.equals("missing-context"))
                .count();
    }

    /** Contexts as old as any event, written after everything else. */
    public void sendMoreContexts() {
        for (int user = 0; user < 20; user++) {
            kafka.send(context(user, FIRST, "{\"itemSku\":\"SKU-BASIC-9\",\"tier\":\"too late\",\"amount\":1}"));
        }
    }

    private record Known(long millis, String text, String source) {}

    /** Contexts in a random order of times, and then events. */
    private void write() {
        kafka.createTopic(contexts, 3, "retention.ms=-1");
        kafka.createTopic(topic, 4, "retention.ms=-1");
        Map<Integer, List<Known>> known = new TreeMap<>();
        for (int i = 0; i < CONTEXTS; i++) {
            int user = random.nextInt(20);
            long millis = FIRST + random.nextInt(1000) * 1000L;
            String sku = random.nextBoolean() ? "SKU-PREMIUM-" : "SKU-BASIC-";
            String text = random.nextInt(8) == 0
                    ? ""
                    : "{\"itemSku\":\"%s%d\",\"tier\":\"t%d\",\"amount\":%d.50}".formatted(sku, i, i, i);
            var sent = kafka.send(context(user, millis, text)).get(0);
            known.computeIfAbsent(user, any -> new ArrayList<>())
                    .add(new Known(millis, text, contexts + "/" + sent.partition() + "/" + sent.offset()));
        }
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            int user = random.nextInt(22);
            long millis = FIRST + random.nextInt(1000) * 1000L;
            String flat =
                    "{\"eventId\":\"e-%d\",\"userId\":\"user-%d\",\"actionType\":\"Purchased\",\"timestamp\":\"%s\"}"
                            .formatted(i, user, Instant.ofEpochMilli(millis));
            records.add(new ProducerRecord<>(topic, user % 4, bytes("user-" + user), bytes(flat)));
            expected.put("e-" + i, expected(known.getOrDefault(user, List.of()), millis));
        }
        kafka.send(records);
    }

    private String expected(List<Known> known, long millis) {
        Known last = null;
        for (Known each : known) {
            // A user's contexts lie in one partition, and are looked at in the order in which they were written.
            if (each.millis <= millis && (last == null || each.millis >= last.millis)) {
                last = each;
            }
        }
        if (last == null || last.text.isEmpty()) {
            return "missing-context";
        }
        String kind = last.text.contains("PREMIUM") ? "SubscriptionAPurchased" : "SubscriptionBPurchased";
        return kind + " " + last.text + " " + last.source;
    }

    private ProducerRecord<byte[], byte[]> context(int user, long millis, String text) {
        return new ProducerRecord<>(
                contexts, user % 3, millis, bytes("user-" + user), text.isEmpty() ? null : bytes(text));
    }

    /** What has become of each event, in the words of {@link #expected}. */
    public Map<String, String> found(String batch) {
        Map<String, String> found = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : kafka.read(topic + "." + batch)) {
            JsonNode result = parse(record);
            JsonNode payload = result.get("payload");
            assertThat(result.get("correlationId").textValue()).isEqualTo(batch);
            assertThat(payload.get("userId").textValue()).isEqualTo(new String(record.key(), UTF_8));
            String context = "{\"itemSku\":%s,\"tier\":%s,\"amount\":%.2f}"
                    .formatted(
                            payload.get("itemSku"),
                            payload.get("tier"),
                            payload.get("amount").doubleValue());
            String before = found.put(
                    result.get("eventId").textValue(),
                    payload.get("actionType").textValue() + " " + context + " "
                            + result.get("contextSource").textValue());
            assertThat(before).isNull();
        }
        for (ConsumerRecord<byte[], byte[]> record : kafka.read(topic + "." + batch + ".dlq")) {
            String reason = new String(
                    record.headers().lastHeader("__backprocess.errors.reason").value(), UTF_8);
            assertThat(found.put(parse(record).get("eventId").textValue(), reason))
                    .isNull();
        }
        return found;
    }

    private static JsonNode parse(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(new String(record.value(), UTF_8));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
