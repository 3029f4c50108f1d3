package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The changes that a result makes to its event. Names are those of the payload's own members. A member that is set and did not
 * exist is added at the end. Everything that is not named stays as it is: unknown fields, number text, escapes, order, white
 * space.
 *
 * <pre>{@code
 * results.emit(event.edit().set("actionType", "SubscriptionAPurchased").remove("coupon"));
 * }</pre>
 *
 * <p>{@code setAt} and {@code removeAt} change nested values by JSON Pointer (RFC 6901): {@code /device/os}, {@code
 * /items/0/price}, {@code /tags/-} for a new last element. Objects on the path that are missing or null are created. A path
 * through text, through a number or to an index that the array does not have is an {@link IllegalArgumentException}.
 *
 * <p>Later calls win: a member that is set after it was removed exists. One event may have many edits, and one edit may be
 * emitted more than once.
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

    /** Sets a whole number. No overload takes a {@code double}, which cannot represent 0.1: use a BigDecimal. */
    public Edit set(String name, long number) {
        payload.set(name, String.valueOf(number).getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    public Edit set(String name, boolean value) {
        payload.set(name, String.valueOf(value).getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /**
     * Copies a value from another place, with its number text unchanged. {@link JsonValue#parse} makes a value from JSON text.
     */
    public Edit set(String name, JsonValue value) {
        payload.set(name, value.bytes());
        return this;
    }

    /** Sets the member to a JSON null, and adds the member where it does not exist. */
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

    /** Removes the value at the pointer. Nothing happens where no value exists there. */
    public Edit removeAt(String pointer) {
        new PathEdit(JsonPointer.of(pointer)).remove(payload);
        return this;
    }

    /** Removes the member. Nothing happens where it does not exist. */
    public Edit remove(String name) {
        payload.remove(name);
        return this;
    }

    /**
     * Renames a member, which keeps its place and its value. Another member that has the new name is removed. Nothing happens
     * where the member does not exist.
     */
    public Edit rename(String name, String newName) {
        payload.rename(name, newName);
        return this;
    }

    /** Returns the payload's member as it will be in the result; null where it will not exist. */
    public @Nullable JsonValue get(String name) {
        return payload.value(name);
    }

    /** Returns the names of the payload's members as they will be in the result, in their order. */
    public Set<String> names() {
        return payload.names();
    }

    /** Returns another edit of the same event that starts with this edit's changes so far. */
    public Edit copy() {
        return new Edit(event, payload.copy());
    }

    /** Returns the event that this edit started from. */
    public Event event() {
        return event;
    }

    /**
     * Returns the new envelope, stamped with the batch and the new version.
     *
     * @param correlationId the batch's correlationId as a JSON literal
     * @param version the version of the result
     * @param eventId the new eventId; null keeps the event's own
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
