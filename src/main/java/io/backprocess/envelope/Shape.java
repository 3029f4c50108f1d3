package io.backprocess.envelope;

import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.event.LetterFamily;
import io.backprocess.event.RecordText;
import io.backprocess.event.SourceRecord;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A shape is what a record looks like, by its first bytes, its members and its headers.
 *
 * @param words what it looks like: {@code CloudEvents 1.0 (structured)}
 * @param advice what to try: {@code try --envelope cloudevents}; null where nothing here reads it
 */
record Shape(String words, @Nullable String advice) {
    static final Shape TOMBSTONES = new Shape("tombstones (the value is null)", null);
    static final Shape WITHOUT_COPY = new Shape(
            "dead letters of a share group without a copy of the record",
            "set errors.deadletterqueue.copy.record.enable=true for the group, or replay the topic of the records themselves");
    static final String WIRE_FORMAT = "Confluent wire format";
    private static final String ENCODED = "try --format avro and --registry URL, see docs/formats.md";
    /** A registry counts its schemas up, so a larger number is most likely none. */
    private static final int MOST_SCHEMAS = 1_000_000;

    private static final int LONGEST_NAME = 40;

    private static Shape preset(String words, String preset) {
        return new Shape(words, "try --envelope " + preset);
    }

    static Shape of(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return LetterFamily.isNotCopied(record) ? WITHOUT_COPY : TOMBSTONES;
        }
        Map<String, String> headers = RecordText.headers(record);
        Shape byHeaders = byHeaders(headers);
        if (byHeaders != null) {
            return byHeaders;
        }
        JsonObject object = JsonObject.read(value);
        return object == null ? ofBytes(value) : ofMembers(object, headers);
    }

    /** Returns the id of the schema that a value in Confluent's wire format names. */
    static int schemaId(byte[] value) {
        return ByteBuffer.wrap(value, 1, 4).getInt();
    }

    private static @Nullable Shape byHeaders(Map<String, String> headers) {
        if (headers.getOrDefault("content-type", "").toLowerCase(Locale.ROOT).startsWith("application/cloudevents")) {
            return preset("CloudEvents 1.0 (structured)", "cloudevents");
        }
        if (headers.containsKey("ce_specversion")) {
            return preset("CloudEvents 1.0 (binary)", "cloudevents");
        }
        if (headers.containsKey("__value_schema_id")
                || headers.containsKey("apicurio.value.globalId")
                || headers.containsKey("apicurio.value.contentId")) {
            return new Shape("values whose schema a header names", ENCODED);
        }
        if (headers.containsKey("axon-message-id")) {
            return preset("Axon messages", "axon");
        }
        return null;
    }

    private static Shape ofMembers(JsonObject object, Map<String, String> headers) {
        if (object.has("specversion") && object.has("source")) {
            return preset("CloudEvents 1.0 (structured)", "cloudevents");
        }
        JsonObject wrapped = object.object("payload");
        boolean schema = object.get("schema") != null;
        if (isChange(object) || (schema && wrapped != null && isChange(wrapped))) {
            return preset("Debezium change events", "debezium");
        }
        if (object.has("messageId") && object.has("messageType")) {
            return preset("MassTransit", "masstransit");
        }
        if (headers.containsKey("__TypeId__")) {
            return preset("Spring for Apache Kafka (header __TypeId__)", "spring");
        }
        if (schema && wrapped != null) {
            return new Shape(
                    "Kafka Connect's JsonConverter with a schema",
                    "its payload is at /payload: write an --envelope file whose pointers begin with /payload");
        }
        if (headers.containsKey("id") && headers.containsKey("eventType")) {
            return preset("Debezium's outbox event router", "debezium-outbox");
        }
        return ofNames(object);
    }

    private static boolean isChange(JsonObject object) {
        return object.has("op") && object.object("source") != null;
    }

    private static Shape ofNames(JsonObject object) {
        String near = null;
        for (String name : object.names()) {
            if (isEventId(name) || plain(name).equals("processversion")) {
                near = name;
                JsonValue value = object.get(name);
                if (value != null && name.equals("processVersion") && value.isText()) {
                    return new Shape(
                            "our envelope with a processVersion that is text",
                            "write an --envelope file with 'processVersion: /processVersion', and 'map' where the text is no number");
                }
                if (value != null && name.equals("eventId") && value.isNumber()) {
                    return new Shape(
                            "our envelope with an eventId that is a number",
                            "write an --envelope file with 'eventId: /eventId'");
                }
            }
        }
        for (String name : object.names()) {
            JsonObject inner = object.object(name);
            if (near == null && inner != null && inner.names().stream().anyMatch(Shape::isEventId)) {
                return new Shape(
                        "our envelope inside of member '%s'".formatted(cut(name)),
                        "write an --envelope file whose pointers begin with /%s".formatted(cut(name)));
            }
        }
        return near == null || near.equals("eventId") || near.equals("processVersion")
                ? new Shape("JSON objects of another form", "write an --envelope file, see docs/envelopes.md")
                : new Shape(
                        "our envelope with other names, such as '%s'".formatted(cut(near)),
                        "write an --envelope file with 'eventId', 'processVersion' and 'payload' as they are named here");
    }

    private static boolean isEventId(String name) {
        return plain(name).equals("eventid");
    }

    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static Shape ofBytes(byte[] value) {
        int first = value.length == 0 ? -1 : value[0] & 0xFF;
        int second = value.length < 2 ? -1 : value[1] & 0xFF;
        if (first == 0 && value.length > 5 && schemaId(value) > 0 && schemaId(value) < MOST_SCHEMAS) {
            return new Shape(WIRE_FORMAT, ENCODED);
        }
        if (first == 0x1F && second == 0x8B) {
            return new Shape("gzip", "values that are compressed themselves are not read");
        }
        if (first == 0x28 && second == 0xB5) {
            return new Shape("zstd", "values that are compressed themselves are not read");
        }
        if (first == 0xAC && second == 0xED) {
            return new Shape("serialized Java objects", "such records are not read: they are no JSON");
        }
        if (first == 'O' && second == 'b') {
            return new Shape("Avro container files", "such records are not read: they are no JSON");
        }
        return ofText(value);
    }

    private static Shape ofText(byte[] value) {
        int at = 0;
        while (at < value.length && value[at] <= ' ' && value[at] >= 0) {
            at++;
        }
        int first = at < value.length ? value[at] : 0;
        return switch (first) {
            case '"' ->
                new Shape("JSON in a JSON string", "the writer has serialized the value twice, which is not read");
            case '[' -> new Shape("JSON arrays", "a record has one event, which is an object");
            case '<' -> new Shape("XML", "such records are not read: they are no JSON");
            case '{' -> new Shape("JSON that is cut off or malformed", null);
            default -> new Shape("bytes that are no JSON", null);
        };
    }

    private static String cut(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }
}
