package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
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
    /** The edits of the objects from the value down to the payload, each nested in the one before it. */
    private final ObjectEdit[] path;

    private final ObjectEdit payload;
    /** The new texts of attributes. The map is created late because most edits have none. */
    private Map<String, String> attributes;

    Edit(Event event) {
        this(event, new ObjectEdit(event.scanned(event.form().depth() - 1)), Map.of());
    }

    private Edit(Event event, ObjectEdit payload, Map<String, String> attributes) {
        this.event = event;
        this.payload = payload;
        this.attributes = attributes;
        this.path = new ObjectEdit[event.form().depth()];
        path[path.length - 1] = payload;
        for (int depth = path.length - 2; depth >= 0; depth--) {
            path[depth] = new ObjectEdit(event.scanned(depth));
            path[depth].nest(event.memberBelow(depth), path[depth + 1]);
        }
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

    /**
     * Sets the text of an attribute: the event's type, for example, where the envelope has it outside of the payload.
     *
     * @param name the name that the envelope's mapping gives it
     * @throws IllegalArgumentException when the mapping has no attribute of the name, or does not name it under {@code write}
     */
    public Edit attribute(String name, String text) {
        if (!event.form().targets().attributes().containsKey(name)) {
            throw new IllegalArgumentException(
                    event.attributes().contains(name)
                            ? "attribute '%s' cannot be set: name it under 'write' of the envelope's mapping"
                                    .formatted(name)
                            : "the envelope has no attribute '%s'; it has: %s"
                                    .formatted(name, String.join(", ", event.attributes())));
        }
        attributes = attributes.isEmpty() ? new TreeMap<>() : attributes;
        attributes.put(name, text);
        return this;
    }

    /**
     * Returns an attribute as it will be in the result; null where it will not exist.
     *
     * @throws IllegalArgumentException when the mapping has no attribute of the name
     */
    public @Nullable JsonValue attribute(String name) {
        String text = attributes.get(name);
        return text == null ? event.attributeValue(name) : Event.quoted(text);
    }

    /** Returns another edit of the same event that starts with this edit's changes so far. */
    public Edit copy() {
        return new Edit(event, payload.copy(), attributes.isEmpty() ? attributes : new TreeMap<>(attributes));
    }

    /** Returns the event that this edit started from. */
    public Event event() {
        return event;
    }

    /**
     * Returns the result, stamped with the batch and the new version.
     *
     * @param source the event that the result comes from, which is an earlier one than the edit's in a chain of revisions
     * @param eventId the new eventId; null keeps the event's own
     * @throws IllegalArgumentException when the record has no place for a stamp, or for an attribute
     */
    public Result apply(Event source, BatchLabel batch, ProcessVersion version, @Nullable String eventId) {
        EnvelopeLayout.Form form = event.form();
        EnvelopeLayout.Targets targets = form.targets();
        Headers headers = attributes.isEmpty() ? null : writeAttributes(targets);
        if (targets.batch() != null) {
            headers = write(targets.batch(), batch.id(), batch.literal(), headers);
        }
        VersionSource versions = form.form().processVersion();
        if (targets.version().place().isHeader()) {
            headers = write(targets.version(), versions.text(version), batch.literal(), headers);
        } else if (!versions.isOfSchema()) {
            headers = write(targets.version(), "", versions.literal(version, versionBefore()), headers);
        }
        if (eventId != null) {
            if (targets.eventId() == null) {
                throw new IllegalArgumentException(
                        "an event was split, and its results have no place for an id: add 'eventId' under 'stamp'"
                                + " of the envelope's mapping");
            }
            headers = write(targets.eventId(), eventId, JsonText.quote(eventId), headers);
        }
        Base base = event.base();
        Map<String, String> renamed = base == null ? Map.of() : payload.renamed();
        return new Result(
                source,
                path[0].apply(),
                headers,
                null,
                base == null || (renamed.isEmpty() && !versions.isOfSchema())
                        ? base
                        : base.renamed(renamed, form.form().payloadPointer(), version),
                null);
    }

    private @Nullable Headers writeAttributes(EnvelopeLayout.Targets targets) {
        Headers headers = null;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            EnvelopeLayout.Target target =
                    Objects.requireNonNull(targets.attributes().get(attribute.getKey()));
            headers = write(target, attribute.getValue(), JsonText.quote(attribute.getValue()), headers);
        }
        return headers;
    }

    /** Returns the version as the event has it, whose JSON kind a result keeps. */
    private @Nullable JsonValue versionBefore() {
        return event.value(EnvelopeField.PROCESS_VERSION);
    }

    /** Writes to a place in the value or in the headers, and returns the headers. */
    private @Nullable Headers write(
            EnvelopeLayout.Target target, String text, byte[] literal, @Nullable Headers headers) {
        JsonPointer pointer = target.pointer();
        if (pointer == null) {
            return RecordText.replaced(
                    headers == null ? event.record().headers() : headers,
                    target.place().text(),
                    text);
        }
        ObjectEdit object = path[target.depth()];
        int member = target.slot() < 0 ? ScannedObject.ABSENT : event.member(target.slot());
        if (member >= 0) {
            object.set(member, literal);
        } else if (pointer.path().size() == 1) {
            object.set(pointer.path().get(0), literal);
        } else {
            PathEdit.ofExisting(pointer, target.place().text()).set(object, literal);
        }
        return headers;
    }
}
