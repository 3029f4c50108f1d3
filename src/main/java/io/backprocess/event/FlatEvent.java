package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A legacy event without nesting, {@code {"eventId","userId","actionType","timestamp"}}. It says what happened to its subject and
 * when, but not what that meant. With the subject's context at that time it becomes an envelope.
 */
public final class FlatEvent {
    /** The envelope field that names the record that the context came from: {@code users/0/17}. */
    public static final String CONTEXT_SOURCE = "contextSource";

    /** The member that holds the time of a flat event. */
    private static final String TIMESTAMP = "timestamp";

    /** The members that have a field of their own in an envelope. All others belong to the payload. */
    private static final Set<String> PLACED = Set.of(
            EnvelopeField.EVENT_ID.toString(),
            EnvelopeField.CORRELATION_ID.toString(),
            EnvelopeField.PROCESS_VERSION.toString(),
            TIMESTAMP);

    private final ScannedObject json;

    private FlatEvent(ScannedObject json) {
        this.json = json;
    }

    /**
     * Parses a flat event.
     *
     * @param value a record value that an {@link EventReader} has recognised as a flat event
     */
    public static FlatEvent of(byte[] value) {
        ScannedObject json = ScannedObject.scan(value);
        if (json == null) {
            throw new IllegalArgumentException("no JSON object");
        }
        return new FlatEvent(json);
    }

    static boolean isOne(ScannedObject json, String subject) {
        return (json.find("userId") != ABSENT || json.find(subject) != ABSENT)
                && json.find("actionType") != ABSENT
                && json.find(TIMESTAMP) != ABSENT;
    }

    /** Returns the subject's id in UTF-8; null where the event does not name a subject. */
    public byte @Nullable [] subject(String member) {
        return subject(json, member);
    }

    /** Returns the member's text in UTF-8, or its number as written; null where the member is neither, or is empty. */
    public static byte @Nullable [] subject(JsonObject json, String member) {
        JsonValue value = json.get(member);
        if (value == null || !(value.isText() || value.isNumber())) {
            return null;
        }
        String text = value.text();
        byte[] subject = text == null ? value.bytes() : JsonText.encode(text);
        return subject.length == 0 ? null : subject;
    }

    /** Returns the time of the event, in one of the forms of {@link EventTime#parse}; null where it is in none of them. */
    public @Nullable Instant time() {
        JsonValue value = json.get(TIMESTAMP);
        return value == null ? null : EventTime.parse(value);
    }

    /**
     * Converts the event to an envelope. Its payload has the event's own members, unchanged, followed by those members of the
     * context that the event lacks.
     *
     * @param known the context, a JSON object
     * @param source the record that the context came from
     * @param version the process version for an event that has none
     * @return the envelope; null where the context is not a JSON object
     */
    public byte @Nullable [] with(byte[] known, Origin source, ProcessVersion version) {
        ScannedObject context = ScannedObject.scan(known);
        if (context == null) {
            return null;
        }
        Envelope envelope = new Envelope();
        envelope.member(EnvelopeField.EVENT_ID, json.get(EnvelopeField.EVENT_ID.toString()), "null");
        envelope.member(EnvelopeField.CORRELATION_ID, json.get(EnvelopeField.CORRELATION_ID.toString()), "null");
        envelope.member(EnvelopeField.EVENT_TIMESTAMP, json.get(TIMESTAMP), "null");
        envelope.member(
                EnvelopeField.PROCESS_VERSION, json.get(EnvelopeField.PROCESS_VERSION.toString()), version.toString());
        envelope.name(EnvelopeField.PAYLOAD.toString());
        envelope.open();
        for (int member = 0; member < json.size(); member++) {
            if (!PLACED.contains(json.name(member))) {
                envelope.copy(json, member);
            }
        }
        Set<String> own = json.names();
        for (int member = 0; member < context.size(); member++) {
            if (!own.contains(context.name(member))) {
                envelope.copy(context, member);
            }
        }
        envelope.close();
        envelope.name(CONTEXT_SOURCE);
        envelope.write(JsonText.quote(source.toString()));
        return envelope.finish();
    }

    /** Writes the JSON of an envelope, one member at a time. */
    private static final class Envelope {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        private boolean first;

        Envelope() {
            open();
        }

        void open() {
            out.write('{');
            first = true;
        }

        void close() {
            out.write('}');
            first = false;
        }

        void name(String name) {
            separate();
            write(JsonText.quote(name));
            out.write(':');
        }

        void member(EnvelopeField field, @Nullable JsonValue value, String otherwise) {
            name(field.toString());
            if (value == null) {
                write(otherwise.getBytes(StandardCharsets.UTF_8));
            } else {
                out.write(value.document(), value.start(), value.end() - value.start());
            }
        }

        /** Copies a member with its name and value unchanged. */
        void copy(ScannedObject from, int member) {
            separate();
            int start = from.nameStart(member) - 1;
            out.write(from.document(), start, from.valueEnd(member) - start);
        }

        private void separate() {
            if (!first) {
                out.write(',');
            }
            first = false;
        }

        void write(byte[] json) {
            out.write(json, 0, json.length);
        }

        byte[] finish() {
            close();
            return out.toByteArray();
        }
    }
}
