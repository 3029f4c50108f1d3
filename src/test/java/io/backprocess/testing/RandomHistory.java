package io.backprocess.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Histories with every kind of dirt, by seed. Small, and nasty rather than likely. */
public final class RandomHistory {
    /** What is no event, with the reason that it must become a dead letter for. */
    private static final Map<String, String> UNREADABLE = new TreeMap<>(Map.ofEntries(
            Map.entry("", "malformed-json"),
            Map.entry("{\"eventId\":\"cut\",\"proc", "malformed-json"),
            Map.entry("{\"eventId\":\"g\",\"processVersion\":1,\"payload\":{}} trailing", "malformed-json"),
            Map.entry("{\"eventId\":\"n\",\"processVersion\":NaN,\"payload\":{}}", "malformed-json"),
            Map.entry("[1,2]", "not-an-envelope"),
            Map.entry("\"text\"", "not-an-envelope"),
            Map.entry("42", "not-an-envelope"),
            Map.entry("{}", "not-an-envelope"),
            Map.entry("{\"eventId\":\"\",\"processVersion\":1,\"payload\":{}}", "not-an-envelope"),
            Map.entry("{\"eventId\":\"x\",\"processVersion\":\"1\",\"payload\":{}}", "not-an-envelope"),
            Map.entry("{\"eventId\":\"x\",\"processVersion\":1,\"payload\":[]}", "not-an-envelope"),
            Map.entry("{\"eventId\":\"x\",\"eventId\":\"x\",\"processVersion\":1,\"payload\":{}}", "not-an-envelope"),
            Map.entry(
                    "{\"eventId\":\"l\",\"userId\":\"u\",\"actionType\":\"Purchased\",\"timestamp\":1}",
                    "missing-context")));

    private final SplittableRandom random;
    private final String topic;
    private final int partitions;
    private final List<String> earlier = new ArrayList<>();
    private int next;

    public RandomHistory(String topic, int partitions, long seed) {
        this.topic = topic;
        this.partitions = partitions;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Returns the reason of the dead letter that a value must become; null unless it is one of the unreadable values made here.
     */
    static String reasonFor(String value) {
        return UNREADABLE.get(value);
    }

    /** The last partition stays empty. */
    public List<ProducerRecord<byte[], byte[]>> records(int count) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int partition = random.nextInt(partitions - 1);
            byte[] key = random.nextInt(10) == 0 ? null : utf8("key-" + random.nextInt(50));
            List<org.apache.kafka.common.header.Header> headers = new ArrayList<>();
            for (int h = random.nextInt(3); h > 0; h--) {
                headers.add(new RecordHeader("trace", random.nextInt(4) == 0 ? null : utf8("h" + random.nextInt(9))));
            }
            long timestamp = 1_700_000_000_000L + random.nextInt(1_000_000);
            records.add(new ProducerRecord<>(topic, partition, timestamp, key, value(), headers));
        }
        return records;
    }

    private byte[] value() {
        int dice = random.nextInt(100);
        if (dice < 2) {
            return null;
        }
        if (dice < 10) {
            List<String> unreadable = List.copyOf(UNREADABLE.keySet());
            return utf8(unreadable.get(random.nextInt(unreadable.size())));
        }
        if (dice < 11) {
            return new byte[] {'{', '"', (byte) 0xC0, (byte) 0xAF, '"', ':', '1', '}'};
        }
        if (dice < 22 && !earlier.isEmpty()) {
            return utf8(earlier.get(random.nextInt(earlier.size())));
        }
        String envelope = envelope("e-" + next++);
        earlier.add(envelope);
        if (dice < 25) {
            // The same event with another payload comes first, and the first copy wins.
            return utf8(envelope.replace("\"extra\":", "\"other\":"));
        }
        return utf8(envelope);
    }

    private String envelope(String eventId) {
        String space = random.nextBoolean() ? "" : " ";
        String version = List.of("1", "1", "1", "1.0", "1e0", "2", "2.5").get(random.nextInt(7));
        String correlation = random.nextInt(4) == 0 ? "" : "\"correlationId\":" + space + "\"old\",";
        return "{" + space + "\"eventId\":\"" + eventId + "\"," + correlation + "\"processVersion\":" + space + version
                + ",\"unknown\":[1, {\"deep\":1e400}],\"payload\":{" + payload(space) + "\"extra\":" + space + extra()
                + "}" + space + "}";
    }

    private String payload(String space) {
        String action = List.of("Purchased", "Purchased", "Viewed").get(random.nextInt(3));
        String sku = List.of("SKU-PREMIUM-1", "SKU-BASIC-2", "SKU-OTHER", "SKU-PREMIUM-\\u00e9")
                .get(random.nextInt(4));
        String amount = List.of(
                        "99.990", "0", "-999", "1e400", "\"12\"", "null", "1234567890123456789012345678901234567890")
                .get(random.nextInt(7));
        String items = random.nextInt(5) == 0
                ? "\"items\":[{\"itemSku\":\"SKU-BASIC-1\",\"amount\":1.50},{\"itemSku\":\"SKU-PREMIUM-9\",\"amount\":"
                        + (random.nextInt(4) == 0 ? "-1" : "2") + "}],"
                : "";
        return "\"actionType\":" + space + "\"" + action + "\",\"itemSku\":\"" + sku + "\",\"amount\":" + space + amount
                + "," + items;
    }

    private String extra() {
        return List.of("\"\\ud83d\\ude00 😀\"", "0.10", "{\"a\":[],\"a\":{}}", "\"\\ud800\"", "true")
                .get(random.nextInt(5));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
