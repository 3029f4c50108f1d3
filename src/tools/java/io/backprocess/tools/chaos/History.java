package io.backprocess.tools.chaos;

import io.backprocess.tools.stack.Failure;
import io.backprocess.tools.stack.Project;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The histories that batches run over, named after their envelopes, and what must become of their records. All events of a sampled
 * history have the same layout, so plain text search is enough.
 */
enum History {
    /** Events with Backprocess's own envelope, which purchase-split revises. */
    BACKPROCESS {
        @Override
        List<String> envelope(Project project) {
            return List.of();
        }

        @Override
        List<String> logic(Project project) {
            return List.of("--revision", "purchase-split");
        }

        @Override
        String text(ConsumerRecord<byte[], byte[]> record) {
            return utf8(record.value());
        }

        @Override
        boolean isEvent(String event) {
            return event.startsWith("{\"eventId\":\"") && event.contains(",\"payload\":{") && event.endsWith("}}");
        }

        @Override
        boolean isSkipped(String event) {
            return event.contains(",\"processVersion\":2,");
        }

        @Override
        String id(String event) {
            return event.substring(0, event.indexOf("\",\"correlationId\""));
        }

        @Override
        String content(String event) {
            return event.substring(event.indexOf(",\"payload\":{"));
        }

        @Override
        Optional<String> result(String event, String batch) {
            String result = event.replaceFirst("\"correlationId\":\"[^\"]*\"", "\"correlationId\":\"" + batch + "\"")
                    .replaceFirst(",\"processVersion\":1(\\.0)?,", ",\"processVersion\":2,");
            String payload = content(event);
            if (!payload.contains("\"actionType\":\"Purchased\"")) {
                return Optional.of(result);
            }
            if (!payload.contains("\"amount\":") || payload.contains("\"amount\":-")) {
                return Optional.empty();
            }
            return Optional.of(
                    result.replace("\"actionType\":\"Purchased\"", "\"actionType\":\"" + purchase(payload) + "\""));
        }
    },

    /** Events as examples/envelopes/shop-orders.yaml describes them, which the rules of type-split.yaml revise. */
    SHOP_ORDERS {
        private static final String PURCHASED = ",\"type\":\"Purchased\",";

        @Override
        List<String> envelope(Project project) {
            return List.of("--envelope", example(project, "shop-orders.yaml"));
        }

        @Override
        List<String> logic(Project project) {
            return List.of(
                    "--envelope", example(project, "shop-orders.yaml"), "--rules", example(project, "type-split.yaml"));
        }

        private static String example(Project project, String file) {
            return project.directory()
                    .resolve("examples/envelopes")
                    .resolve(file)
                    .toString();
        }

        /** The version and the tenant are headers, and the former correlation id of a result. */
        @Override
        String text(ConsumerRecord<byte[], byte[]> record) {
            return utf8(record.value())
                    + header(record, "x-event-version")
                    + header(record, "x-tenant")
                    + header(record, FORMER);
        }

        @Override
        boolean isEvent(String event) {
            return event.startsWith("{\"meta\":{\"event_id\":\"");
        }

        @Override
        boolean isSkipped(String event) {
            return event.contains(" x-event-version=v2")
                    || !(event.contains(PURCHASED) || event.contains(",\"type\":\"Refunded\","));
        }

        @Override
        String id(String event) {
            return event.substring(0, event.indexOf("\",\"occurred_at\""));
        }

        @Override
        String content(String event) {
            return event.substring(event.indexOf("},\"type\":\""));
        }

        @Override
        Optional<String> result(String event, String batch) {
            String before = "\"correlation_id\":\"";
            int former = event.indexOf(before) + before.length();
            String trace = event.substring(former, event.indexOf('"', former));
            return Optional.of((event.substring(0, former) + batch + event.substring(former + trace.length()))
                    .replace(PURCHASED, ",\"type\":\"" + purchase(event) + "\",")
                    .replace(" x-event-version=v1", " x-event-version=v2")
                    .concat(" " + FORMER + "=" + trace));
        }
    };

    private static final String FORMER = "backprocess.correlation-id";

    /** Returns the options by which {@code sample} writes the history. */
    abstract List<String> envelope(Project project);

    /** Returns the options by which {@code run} revises the history. */
    abstract List<String> logic(Project project);

    /** Returns all that the judge compares of a record but its place, its key and its timestamp. */
    abstract String text(ConsumerRecord<byte[], byte[]> record);

    abstract boolean isEvent(String record);

    /** Tells whether an event is of another version, or not selected. */
    abstract boolean isSkipped(String event);

    abstract String id(String event);

    /** Returns what is the same in copies of an event. */
    abstract String content(String event);

    /** Returns the result, or nothing if the revision rejects the event. */
    abstract Optional<String> result(String event, String batch);

    static History named(String name) {
        return Arrays.stream(values())
                .filter(history -> history.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> Failure.wrongUsage("unknown envelope: " + name + "; --help lists them"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns what the revisions of both histories make of a purchase. */
    private static String purchase(String event) {
        return event.contains("\"itemSku\":\"SKU-PREMIUM-")
                ? "SubscriptionAPurchased"
                : event.contains("\"itemSku\":\"SKU-BASIC-") ? "SubscriptionBPurchased" : "Purchased";
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : " " + name + "=" + utf8(header.value());
    }

    private static String utf8(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }
}
