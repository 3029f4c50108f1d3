package io.backprocess.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What purchase-split must make of a {@link RandomHistory}, told plainly: text is replaced in text, and everything is kept in
 * memory. Shares no code with what it judges.
 */
public final class Oracle {
    /** Numbers keep their digits. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    public final Map<Integer, List<String>> results = new TreeMap<>();
    public final Map<Integer, List<String>> deadLetters = new TreeMap<>();
    public int skipped;
    public int duplicates;

    /** Of another payload than the first copy. */
    public int conflicts;

    private final String batchId;
    private final String revision;

    public Oracle(String batchId, String revision, Map<Integer, List<ConsumerRecord<byte[], byte[]>>> history) {
        this.batchId = batchId;
        this.revision = revision;
        history.forEach((partition, records) -> {
            results.put(partition, new ArrayList<>());
            deadLetters.put(partition, new ArrayList<>());
            Map<String, String> taken = new HashMap<>();
            records.forEach(record -> judge(record, taken));
        });
    }

    /** A result or dead letter as one line: where it came from, key, timestamp, headers and value, or the reason. */
    public static String line(ConsumerRecord<byte[], byte[]> source, String what) {
        StringBuilder headers = new StringBuilder();
        source.headers().forEach(header -> headers.append(header.key())
                .append('=')
                .append(text(header.value()))
                .append(','));
        return source.partition() + "/" + source.offset() + " " + text(source.key()) + " " + source.timestamp() + " ["
                + headers + "] " + what;
    }

    private void judge(ConsumerRecord<byte[], byte[]> record, Map<String, String> taken) {
        String value = text(record.value());
        String reason = value == null ? "tombstone" : RandomHistory.reasonFor(value);
        if (reason == null && value.indexOf('\uFFFD') >= 0) {
            reason = "malformed-json";
        }
        if (reason != null) {
            deadLetter(record, reason);
            return;
        }
        JsonNode envelope = parse(value);
        if (envelope.get("processVersion").decimalValue().compareTo(BigDecimal.ONE) != 0) {
            skipped++;
            return;
        }
        String payload = value.substring(value.indexOf("\"payload\":"));
        String first = taken.putIfAbsent(envelope.get("eventId").textValue(), payload);
        if (first == null) {
            revise(record, value, envelope);
        } else if (first.equals(payload)) {
            duplicates++;
        } else {
            conflicts++;
            deadLetter(record, "conflicting-duplicate");
        }
    }

    private void revise(ConsumerRecord<byte[], byte[]> record, String value, JsonNode envelope) {
        JsonNode payload = envelope.get("payload");
        String stamped = value.replaceFirst("(\"processVersion\": ?)[0-9.e]+", "$12")
                .replaceFirst("(\"correlationId\": ?)\"old\"", "$1\"" + batchId + "\"");
        if (!envelope.has("correlationId")) {
            int end = stamped.lastIndexOf('}');
            end = stamped.charAt(end - 1) == ' ' ? end - 1 : end;
            stamped = stamped.substring(0, end) + ",\"correlationId\":\"" + batchId + "\"" + stamped.substring(end);
        }
        if (!payload.get("actionType").textValue().equals("Purchased")) {
            emit(record, stamped);
        } else if (payload.has("items")) {
            split(record, stamped, envelope);
        } else {
            String reason = reason(payload);
            if (reason == null) {
                emit(record, named(stamped, payload.get("itemSku").textValue()));
            } else {
                deadLetter(record, reason);
            }
        }
    }

    private void split(ConsumerRecord<byte[], byte[]> record, String stamped, JsonNode envelope) {
        List<String> pieces = new ArrayList<>();
        String eventId = envelope.get("eventId").textValue();
        for (JsonNode item : envelope.get("payload").get("items")) {
            if (reason(item) != null) {
                deadLetter(record, reason(item));
                return;
            }
            String derived = UUID.nameUUIDFromBytes(
                            (revision + "/" + pieces.size() + "/" + eventId).getBytes(StandardCharsets.UTF_8))
                    .toString();
            String sku = item.get("itemSku").textValue();
            String amount = item.get("amount").asText();
            pieces.add(named(stamped, sku)
                    .replaceFirst("\"items\":\\[[^\\]]*\\],", "")
                    .replaceFirst("\"itemSku\":\"[^\"]*\"", "\"itemSku\":\"" + sku + "\"")
                    .replaceFirst("(\"amount\": ?)[^,]*", "$1" + amount)
                    .replaceFirst("\"eventId\":\"" + eventId + "\"", "\"eventId\":\"" + derived + "\""));
        }
        pieces.forEach(piece -> emit(record, piece));
    }

    private static String reason(JsonNode purchase) {
        JsonNode amount = purchase.get("amount");
        if (!purchase.hasNonNull("itemSku") || amount == null || amount.isNull()) {
            return "missing-context";
        }
        return !amount.isNumber() || amount.decimalValue().signum() < 0 ? "rejected" : null;
    }

    private static String named(String value, String sku) {
        String action = sku.startsWith("SKU-PREMIUM-")
                ? "SubscriptionAPurchased"
                : sku.startsWith("SKU-BASIC-") ? "SubscriptionBPurchased" : "Purchased";
        return value.replaceFirst("(\"actionType\": ?)\"Purchased\"", "$1\"" + action + "\"");
    }

    private void emit(ConsumerRecord<byte[], byte[]> record, String value) {
        results.computeIfAbsent(record.partition(), any -> new ArrayList<>()).add(line(record, value));
    }

    private void deadLetter(ConsumerRecord<byte[], byte[]> record, String reason) {
        deadLetters
                .computeIfAbsent(record.partition(), any -> new ArrayList<>())
                .add(line(record, reason));
    }

    private static JsonNode parse(String value) {
        try {
            return JSON.readTree(value);
        } catch (java.io.IOException e) {
            throw new AssertionError("the history made what the oracle cannot read: " + value, e);
        }
    }

    static String text(byte[] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }
}
