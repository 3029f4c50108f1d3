package io.backprocess.envelope;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.envelope.ForeignRecords.Foreign;
import io.backprocess.event.Edit;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import io.backprocess.revise.operator.RevisionChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the presets make of records that the libraries themselves wrote. */
class ForeignBytesTest {
    /** Adds a member to the payload, and changes the type where the envelope has one. */
    private static final class Mark implements Revision {
        private final ProcessVersion from;

        Mark(ProcessVersion from) {
            this.from = from;
        }

        @Override
        public String name() {
            return "mark";
        }

        @Override
        public ProcessVersion from() {
            return from;
        }

        @Override
        public ProcessVersion to() {
            return ProcessVersion.of("3");
        }

        @Override
        public void revise(Event event, Results results) {
            Edit edit = event.edit().set("revised", true);
            if (event.attributes().contains("type") && event.attribute("type") != null) {
                edit.attribute("type", "Marked");
            }
            results.emit(edit);
        }
    }

    private static EnvelopeMapping mapping(String preset) {
        return Envelope.of(EnvelopeText.of(preset), "orders").mapping();
    }

    /** One line for each record: its id, version, type and time, or why it is no event. */
    private static List<String> read(String preset) {
        EventReader reader = new EventReader(mapping(preset));
        List<String> lines = new ArrayList<>();
        for (Foreign foreign : ForeignRecords.of("foreign/" + preset + ".jsonl")) {
            lines.add(read(foreign.record(), reader));
        }
        return lines;
    }

    private static String read(SourceRecord record, EventReader reader) {
        byte[] value = record.value();
        if (value == null) {
            return "tombstone";
        }
        try {
            Event event = reader.read(record, value);
            String type = event.attributes().contains("type") ? " " + event.attribute("type") : "";
            return "%s v%s%s %s".formatted(event.eventId(), event.processVersion(), type, event.eventTime());
        } catch (UnreadableException e) {
            return e.reason() + ": " + e.getMessage();
        }
    }

    /** Everything outside of the payload's new member, the type and the stamps keeps its bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"axon", "cloudevents", "debezium", "debezium-outbox", "masstransit", "spring"})
    void changesNothingButWhatTheRevisionAndTheStampsName(String preset) throws Exception {
        EventReader reader = new EventReader(mapping(preset));
        int events = 0;
        for (Foreign foreign : ForeignRecords.of("foreign/" + preset + ".jsonl")) {
            SourceRecord record = foreign.record();
            byte[] value = record.value();
            if (value == null || !(decoded(record, reader) instanceof Event event)) {
                continue;
            }
            events++;
            Result result = RevisionChain.of(
                            List.of(new Mark(event.processVersion())),
                            Map.of(),
                            event.processVersion(),
                            "batch-7",
                            mapping(preset))
                    .revise(event)
                    .get(0);

            String before = new String(value, UTF_8);
            String after = new String(result.envelope(), UTF_8);
            assertThat(after).as(foreign.about()).contains("\"revised\":true");
            assertThat(undone(after, before)).as(foreign.about()).isEqualTo(before);
            assertThat(headers(result, false)).as(foreign.about()).isEqualTo(headers(new Result(event, value), false));
            assertThat(headers(result, true)).as(foreign.about()).contains("backprocess.batch-id=batch-7");
            Event again = reader.read(result);
            assertThat(again.eventId()).isEqualTo(event.eventId());
            assertThat(again.processVersion()).isEqualTo(ProcessVersion.of("3"));
        }
        assertThat(events).isGreaterThanOrEqualTo(4);
    }

    private static Object decoded(SourceRecord record, EventReader reader) {
        try {
            return reader.read(record, record.value() == null ? new byte[0] : record.value());
        } catch (UnreadableException e) {
            return e;
        }
    }

    /** Takes the additions out of a result again, and puts the version and the type of the source back. */
    private static String undone(String after, String before) {
        String undone = after.replace(",\"revised\":true", "");
        if (before.contains("\"specversion\"")) {
            undone = before.contains("\"processversion\"")
                    ? undone.replaceFirst("\"processversion\":(\"?)3", match(before, "\"processversion\":\"?[0-9]+"))
                    : undone.replace(",\"processversion\":\"3\"", "");
            undone = undone.replaceFirst("\"type\":\"Marked\"", match(before, "\"type\":\"[^\"]*\""));
        }
        if (before.contains("\"messageType\"")) {
            undone = undone.replaceFirst("\"Marked\"", match(before, "\"urn:message:[^\"]*\""));
        }
        return before.contains("\"eventType\"")
                ? undone.replaceFirst("\"eventType\":\"Marked\"", match(before, "\"eventType\":\"[^\"]*\""))
                : undone;
    }

    private static String match(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .findFirst()
                .map(found -> Matcher.quoteReplacement(found.group()))
                .orElse("");
    }

    /** The headers, with or without those that say type, version and batch. */
    private static List<String> headers(Result result, boolean all) {
        return StreamSupport.stream(result.headers().spliterator(), false)
                .filter(
                        header -> all
                                || !header.key()
                                        .matches(
                                                "(?i)ce_type|ce_processversion|process-version|backprocess.batch-id|axon-message-(type|revision)|__TypeId__|eventType|MT-MessageType"))
                .map(header -> header.key() + "=" + (header.value() == null ? null : new String(header.value(), UTF_8)))
                .toList();
    }

    @Test
    void readsAxon() {
        String shop = "io.backprocess.foreign.Shop$";
        String id = "00000000-0000-4000-8000-00000000000";
        assertThat(read("axon"))
                .containsExactly(
                        id + "1 v1 " + shop + "Purchased 2024-03-01T10:15:30.124Z",
                        id + "2 v2 " + shop + "Refunded 2024-03-01T10:15:30.125Z",
                        id + "3 v1 " + shop + "Purchased 2024-03-01T10:15:30.126Z",
                        id + "4 v2 " + shop + "Refunded 2024-03-01T10:15:30.127Z",
                        id + "5 v1 " + shop + "Purchased 2024-03-01T10:15:30.128Z");
    }

    @Test
    void readsCloudEvents() {
        String bytes =
                "not-an-envelope: data_base64 holds bytes in base64, and a revision reads JSON: this event cannot be revised";
        assertThat(read("cloudevents"))
                .containsExactly(
                        "/shop/orders|evt-1 v1 com.example.shop.Purchased 2024-03-01T10:15:30.124Z",
                        "/shop/orders|evt-2 v2 com.example.shop.Purchased 2024-03-01T10:15:30.125Z",
                        bytes,
                        "/shop/orders|evt-4 v2 com.example.shop.Purchased 2024-03-01T10:15:30.127Z",
                        "/shop/orders|evt-5 v1 com.example.shop.Purchased 2024-03-01T10:15:30.128Z",
                        "/shop/orders|evt-6 v2 com.example.shop.Purchased 2024-03-01T10:15:30.129Z",
                        "malformed-json: unexpected byte 0x00 at byte 0",
                        "/shop/orders|evt-js-1 v1 com.example.shop.Purchased 2024-03-01T10:15:30.124Z",
                        "/shop/orders|evt-js-2 v2 com.example.shop.Purchased 2024-03-01T10:15:30.125Z",
                        bytes,
                        "not-an-envelope: payload at /data is text \"{\\\"userId\\\":\\\"user-4\\\",\\\"actionType\\\":\\…, an object is needed: see --envelope",
                        "/shop/orders|evt-js-5 v1 com.example.shop.Purchased 2024-03-01T10:15:30.128Z",
                        "/shop/orders|evt-js-6 v2 com.example.shop.Purchased 2024-03-01T10:15:30.129Z");
    }

    @Test
    void readsDebezium() {
        assertThat(read("debezium"))
                .containsExactly(
                        "orders/0/0 v1 2024-03-01T10:15:30.133Z",
                        "orders/0/1 v1 2024-03-01T10:15:30.134Z",
                        "orders/0/2 v1 2024-03-01T10:15:30.135Z",
                        "tombstone",
                        "orders/0/4 v1 2024-03-01T10:15:30.143Z",
                        "orders/0/5 v1 2024-03-01T10:15:30.144Z",
                        "orders/0/6 v1 2024-03-01T10:15:30.145Z",
                        "tombstone",
                        "orders/0/8 v1 2024-03-01T10:15:30.153Z",
                        "orders/0/9 v1 2024-03-01T10:15:30.163Z",
                        "orders/0/10 v1 2024-03-01T10:15:30.173Z");
    }

    @Test
    void readsTheOutboxOfDebezium() {
        String id = "00000000-0000-4000-8000-00000000000";
        assertThat(read("debezium-outbox"))
                .containsExactly(
                        id + "1 v1 Purchased 2024-03-01T10:15:30.324Z",
                        id + "2 v1 Purchased 2024-03-01T10:15:30.325Z",
                        id + "3 v2 Purchased 2024-03-01T10:15:30.126Z",
                        "not-an-envelope: payload at /payload is text \"{\\\"userId\\\": \\\"user-4\\\", \\\"actionType\\\"…, an object is needed: see --envelope",
                        "not-an-envelope: the value is no JSON object but text",
                        id + "6 v2 Purchased 2024-03-01T10:15:30.329Z",
                        id + "7 v2 Purchased 2024-03-01T10:15:30.330Z",
                        id + "8 v1 Purchased 2024-03-01T10:15:30.331Z");
    }

    @Test
    void readsMassTransit() {
        String type = "urn:message:Shop.Contracts:Purchased";
        assertThat(read("masstransit"))
                .containsExactly(
                        "01000000-6393-3630-8a90-08dc39d885db v1 null 2024-03-01T10:15:30.124Z",
                        "02000000-6393-3630-b1a0-08dc39d885db v1 null 2024-03-01T10:15:30.125Z",
                        "03000000-6393-3630-d8b0-08dc39d885db v2 null 2024-03-01T10:15:30.126Z",
                        "04000000-6393-3630-ffc0-08dc39d885db v1 " + type + " 2024-03-01T10:15:30.127456Z",
                        "05000000-6393-3630-26d0-08dc39d885dc v1 " + type + " 2024-03-01T10:15:30.128456Z",
                        "06000000-6393-3630-4de0-08dc39d885dc v1 " + type
                                + ";urn:message:Shop.Contracts:IShopEvent 2024-03-01T10:15:30.129Z");
    }

    @Test
    void readsSpring() {
        String type = "io.backprocess.foreign.Shop$Purchased";
        assertThat(read("spring"))
                .containsExactly(
                        "orders/0/0 v1 " + type + " 2024-03-01T10:15:30.124Z",
                        "evt-2 v2 purchased 2024-03-01T10:15:30.125Z",
                        "orders/0/2 v1 null 2024-03-01T10:15:30.126Z",
                        "orders/0/3 v2 " + type + " 2024-03-01T10:15:30.127Z",
                        "orders/0/4 v2 " + type + " 2024-03-01T10:15:30.128Z",
                        "orders/0/5 v2 " + type + " 2024-03-01T10:15:30.129Z");
    }
}
