package io.backprocess.tools.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.tools.chaos.Judge.Order;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One partition with a purchase, a view, a copy of it, an event of version 2, and bytes that are no event. */
class JudgeTest {
    private static final String PURCHASE =
            event("1", "0", 1, "\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":3");
    private static final String VIEW = event("2", "0", 1, "\"actionType\":\"Viewed\"");
    private static final String LATER = event("3", "0", 2, "\"actionType\":\"Viewed\"");

    private final Map<String, List<ConsumerRecord<byte[], byte[]>>> topics = new HashMap<>();

    @BeforeEach
    void begin() {
        for (String value : List.of(PURCHASE, VIEW, VIEW, LATER, "no event")) {
            add("t", value, Map.of());
        }
        add(
                "t.b",
                event(
                        "1",
                        "b",
                        2,
                        "\"actionType\":\"SubscriptionBPurchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":3"),
                Map.of("backprocess.source", "t/0/0"));
        add("t.b", event("2", "b", 2, "\"actionType\":\"Viewed\""), Map.of("backprocess.source", "t/0/1"));
        addDeadLetter("no event", 4);
        ledger(5, 2);
    }

    @Test
    void findsARightBatchRight() throws Exception {
        assertThat(judge(Order.IN_ORDER).right()).isTrue();
        assertThat(judge(Order.IN_ORDER).lines())
                .containsExactly("right: 5 records, 2 results, 1 dead letters, 1 duplicates");
    }

    @Test
    void namesWhatIsMissing() throws Exception {
        of("t.b").remove(1);

        assertThat(judge(Order.IN_ORDER).right()).isFalse();
        assertThat(judge(Order.IN_ORDER).lines())
                .contains("partition 0: 1 results, expected 2")
                .anyMatch(line -> line.startsWith("  missing: source offset 1, key: "));
    }

    @Test
    void namesWhatIsTooMuch() throws Exception {
        of("t.b.dlq").add(of("t.b.dlq").get(0));

        assertThat(judge(Order.ANY_ORDER).lines())
                .contains("partition 0: 2 dead letters, expected 1")
                .anyMatch(line -> line.startsWith("  too much: source offset 4, key: no event"));
    }

    @Test
    void mindsTheOrderUnlessABatchWasRepaired() throws Exception {
        Collections.reverse(of("t.b"));

        assertThat(judge(Order.IN_ORDER).lines())
                .anyMatch(line -> line.startsWith("  out of order at 0: source offset 1"));
        assertThat(judge(Order.ANY_ORDER).right()).isTrue();
    }

    @Test
    void readsEachByte() throws Exception {
        of("t.b").clear();
        add(
                "t.b",
                event("1", "b", 2, "\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":3"),
                Map.of("backprocess.source", "t/0/0"));
        add("t.b", event("2", "b", 2, "\"actionType\":\"Viewed\""), Map.of("backprocess.source", "t/0/1"));

        assertThat(judge(Order.IN_ORDER).lines())
                .contains("partition 0: 2 results, expected 2")
                .anyMatch(line -> line.contains("missing") && line.contains("offset 0"));
    }

    @Test
    void checksTheFiguresOfTheLedger() throws Exception {
        of("backprocess.ledger").clear();
        ledger(4, 2);

        assertThat(judge(Order.IN_ORDER).lines())
                .contains(
                        "partition 0: the ledger has [4, 1, 1, 1, 2, 2], expected read, skipped, duplicates, dead letters, taken,"
                                + " results [5, 1, 1, 1, 2, 2]",
                        "partition 0: the ledger ends at 4, the source at 5");
    }

    /** A purchase, a copy of it, one of version 2, a view that is not selected, and bytes that are no event. */
    @Test
    void judgesAHistoryWithAnotherEnvelope() throws Exception {
        topics.clear();
        String sku = "\"itemSku\":\"SKU-BASIC-1\"";
        for (int copy = 0; copy < 2; copy++) {
            add("t", order("Purchased", "t-1", sku), Map.of("x-event-version", "v1", "x-tenant", "acme"));
        }
        add("t", order("Purchased", "t-1", sku), Map.of("x-event-version", "v2", "x-tenant", "acme"));
        add("t", order("Viewed", "t-1", sku), Map.of("x-event-version", "v1", "x-tenant", "acme"));
        add("t", "no event", Map.of());
        String result = order("SubscriptionBPurchased", "b", sku);
        Map<String, String> headers = new HashMap<>(Map.of(
                "backprocess.source", "t/0/0",
                "x-event-version", "v2",
                "x-tenant", "acme",
                "backprocess.correlation-id", "t-1"));
        add("t.b", result, headers);
        addDeadLetter("no event", 4);
        String line =
                "{\"partition\":0,\"read\":5,\"skipped\":{\"2\":1,\"not-selected\":1},\"duplicates\":1,\"deadLetters\":{\"x\":1},"
                        + "\"taken\":1,\"results\":1,\"from\":0,\"next\":5}";
        add("backprocess.ledger", "b/0/1", line, Map.of());

        assertThat(judge(History.SHOP_ORDERS, Order.IN_ORDER).lines())
                .containsExactly("right: 5 records, 1 results, 1 dead letters, 1 duplicates");
        of("t.b").clear();
        headers.put("x-event-version", "v1");
        add("t.b", result, headers);
        assertThat(judge(History.SHOP_ORDERS, Order.IN_ORDER).right()).isFalse();
    }

    private static String order(String type, String trace, String data) {
        return "{\"meta\":{\"event_id\":\"1\",\"occurred_at\":1,\"correlation_id\":\"%s\"},\"type\":\"%s\",\"data\":{%s}}"
                .formatted(trace, type, data);
    }

    private Judge.Verdict judge(Order order) throws Exception {
        return judge(History.BACKPROCESS, order);
    }

    private Judge.Verdict judge(History history, Order order) throws Exception {
        return Judge.judge(topic -> Map.of(0, of(topic)), history, "t", "b", order);
    }

    private void addDeadLetter(String value, int offset) {
        add(
                "t.b.dlq",
                value,
                Map.of(
                        "__backprocess.errors.topic",
                        "t",
                        "__backprocess.errors.partition",
                        "0",
                        "__backprocess.errors.batch-id",
                        "b",
                        "__backprocess.errors.offset",
                        "" + offset));
    }

    private void ledger(int read, int results) {
        String line =
                "{\"partition\":0,\"read\":%d,\"skipped\":{\"2\":1},\"duplicates\":1,\"deadLetters\":{\"x\":1},\"taken\":%d,"
                        + "\"results\":%d,\"from\":0,\"next\":%d}";
        add("backprocess.ledger", "b/0/1", line.formatted(read, results, results, read), Map.of());
        add("backprocess.ledger", "another/0/1", line.formatted(1, 1, 1, 1), Map.of());
    }

    private void add(String topic, String value, Map<String, String> headers) {
        add(topic, "key", value, headers);
    }

    private void add(String topic, String key, String value, Map<String, String> headers) {
        List<ConsumerRecord<byte[], byte[]>> records = of(topic);
        RecordHeaders all = new RecordHeaders();
        headers.forEach((name, text) -> all.add(name, bytes(text)));
        records.add(new ConsumerRecord<>(
                topic,
                0,
                records.size(),
                1000,
                TimestampType.CREATE_TIME,
                0,
                0,
                bytes(key),
                bytes(value),
                all,
                Optional.empty()));
    }

    private List<ConsumerRecord<byte[], byte[]>> of(String topic) {
        return topics.computeIfAbsent(topic, any -> new ArrayList<>());
    }

    private static String event(String id, String correlation, int version, String payload) {
        return "{\"eventId\":\"%s\",\"correlationId\":\"%s\",\"processVersion\":%d,\"payload\":{%s}}"
                .formatted(id, correlation, version, payload);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
