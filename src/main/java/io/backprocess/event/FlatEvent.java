package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An old event on one level, {@code {"eventId","userId","actionType","timestamp"}}: it says what happened to whom, and when, but
 * not what that meant. With the context of that time it becomes an envelope.
 */
public final class FlatEvent {
    /** Says in the envelope which record the context came from: {@code users/0/17}. */
    public static final String CONTEXT_SOURCE = "contextSource";

    /** The time of a flat event. */
    private static final String TIMESTAMP = "timestamp";

    /** Its members that have a place of their own in an envelope; all others belong to the payload. */
    private static final Set<String> PLACED = Set.of(
            EnvelopeField.EVENT_ID.toString(),
            EnvelopeField.CORRELATION_ID.toString(),
            EnvelopeField.PROCESS_VERSION.toString(),
            TIMESTAMP);

    private final ScannedObject json;

    private FlatEvent(ScannedObject json) {
        this.json = json;
    }

    /** @param value what an {@link EventReader} has found to be one */
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

    /** Whom it happened to; null where it does not say. */
    public byte @Nullable [] subject(String member) {
        return subject(json, member);
    }

    /** The member's text in UTF-8, or a number as it stands there; null where it is neither, or empty. */
    public static byte @Nullable [] subject(JsonObject json, String member) {
        JsonValue value = json.get(member);
        if (value == null || !(value.isText() || value.isNumber())) {
            return null;
        }
        String text = value.text();
        byte[] subject = text == null ? value.bytes() : JsonText.encode(text);
        return subject.length == 0 ? null : subject;
    }

    /** When it happened, in the forms of {@link EventTime#parse}; null where it is none of them. */
    public @Nullable Instant time() {
        JsonValue value = json.get(TIMESTAMP);
        return value == null ? null : EventTime.parse(value);
    }

    /**
     * The event as an envelope. Its payload has the event's own members, as they stand there, and then those of the context that
     * the event has not itself.
     *
     * @param known the context, a JSON object
     * @param source where the context came from
     * @param version where the event says none
     * @return null where the context is no JSON object
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

    /** JSON that is being written. */
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

        /** With its name and value as they stand there. */
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
