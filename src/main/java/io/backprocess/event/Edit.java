package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What shall be different in a result. Names are those of the payload's own members; a member that is set and was not there
 * is added at the end. Everything that is not named stays as it is: unknown fields, number text, escapes, order, white space.
 *
 * <pre>{@code
 * results.emit(event.edit().set("actionType", "SubscriptionAPurchased").remove("coupon"));
 * }</pre>
 *
 * <p>{@code setAt} and {@code removeAt} reach inside, by JSON Pointer (RFC 6901): {@code /device/os}, {@code /items/0/price},
 * {@code /tags/-} for one more element. Objects that are missing on the way, or null, are made; a way that leads through text,
 * a number or a place that an array does not have is an {@link IllegalArgumentException}.
 *
 * <p>Later words count: what is set after it was removed is there. One event may have many edits, and one edit may be emitted
 * more than once.
 */
public final class Edit {
    private final Event event;
    private final ObjectEdit envelope;
    private final ObjectEdit payload;

    Edit(Event event) {
        this(event, new ObjectEdit(event.scannedPayload()));
    }

    private Edit(Event event, ObjectEdit payload) {
        this.event = event;
        this.envelope = new ObjectEdit(event.scannedEnvelope());
        this.payload = payload;
        envelope.nest(event.member(EnvelopeField.PAYLOAD), payload);
    }

    public Edit set(String name, String text) {
        payload.set(name, JsonText.quote(text));
        return this;
    }

    public Edit set(String name, BigDecimal number) {
        payload.set(name, number.toString().getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /** A whole number. There is none for {@code double}, which cannot say 0.1: use a BigDecimal. */
    public Edit set(String name, long number) {
        payload.set(name, String.valueOf(number).getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    public Edit set(String name, boolean value) {
        payload.set(name, String.valueOf(value).getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /** Takes over a value as it stands elsewhere, number text and all; {@link JsonValue#parse} makes one of JSON text. */
    public Edit set(String name, JsonValue value) {
        payload.set(name, value.bytes());
        return this;
    }

    /** The member stays, or comes, and is a JSON null. */
    public Edit setNull(String name) {
        return set(name, JsonValue.NULL);
    }

    public Edit setAt(String pointer, String text) {
        return setAt(pointer, JsonText.quote(text));
    }

    public Edit setAt(String pointer, BigDecimal number) {
        return setAt(pointer, number.toString().getBytes(StandardCharsets.US_ASCII));
    }

    public Edit setAt(String pointer, long number) {
        return setAt(pointer, String.valueOf(number).getBytes(StandardCharsets.US_ASCII));
    }

    public Edit setAt(String pointer, boolean value) {
        return setAt(pointer, String.valueOf(value).getBytes(StandardCharsets.US_ASCII));
    }

    public Edit setAt(String pointer, JsonValue value) {
        return setAt(pointer, value.bytes());
    }

    private Edit setAt(String pointer, byte[] literal) {
        new PathEdit(JsonPointer.of(pointer)).set(payload, literal);
        return this;
    }

    /** Nothing happens where it points to nothing. */
    public Edit removeAt(String pointer) {
        new PathEdit(JsonPointer.of(pointer)).remove(payload);
        return this;
    }

    /** Nothing happens where there is no such member. */
    public Edit remove(String name) {
        payload.remove(name);
        return this;
    }

    /** The member keeps its place and its value; another one of the new name goes away. Nothing happens where there is no such member. */
    public Edit rename(String name, String newName) {
        payload.rename(name, newName);
        return this;
    }

    /** The payload's member as it will be; null where there will be none. */
    public @Nullable JsonValue get(String name) {
        return payload.value(name);
    }

    /** The names of the payload's members as they will be, in their order. */
    public Set<String> names() {
        return payload.names();
    }

    /** Another edit of the same event that starts with what this one says by now. */
    public Edit copy() {
        return new Edit(event, payload.copy());
    }

    /** The event that this edit started from. */
    public Event event() {
        return event;
    }

    /**
     * Writes the new envelope, stamped with the batch and the version that it now has.
     *
     * @param correlationId of the batch, as a JSON literal
     * @param eventId null to keep the event's own
     */
    public byte[] apply(byte[] correlationId, ProcessVersion version, @Nullable String eventId) {
        stamp(EnvelopeField.CORRELATION_ID, correlationId);
        stamp(EnvelopeField.PROCESS_VERSION, version.toString().getBytes(StandardCharsets.US_ASCII));
        if (eventId != null) {
            stamp(EnvelopeField.EVENT_ID, JsonText.quote(eventId));
        }
        return envelope.apply();
    }

    private void stamp(EnvelopeField field, byte[] literal) {
        int member = event.member(field);
        if (member == ScannedObject.ABSENT) {
            envelope.set(field.toString(), literal);
        } else {
            envelope.set(member, literal);
        }
    }
}
