package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A record that carries an envelope: {@code {eventId, correlationId, eventTimestamp, processVersion, payload}}, or the same parts
 * where an {@link EnvelopeMapping} says.
 *
 * <p>An event is read-only. A revision reads it and describes its changes with {@link #edit}. Everything that the edit does not
 * touch is written byte for byte as it was read.
 *
 * <pre>{@code
 * BigDecimal amount = event.payload().number("amount");            // 99.990 stays 99.990; null where it is not a number
 * JsonValue city = event.payload().at("/address/city");            // null where it does not exist
 * results.emit(event.edit().set("cents", amount.movePointRight(2)).setAt("/address/country", "PT"));
 * }</pre>
 */
public final class Event implements Outcome {
    private final SourceRecord record;
    private final @Nullable Base base;
    private final EnvelopeLayout layout;
    private final EnvelopeLayout.Form form;
    private final @Nullable ScannedObject[] nodes;
    private final int[] members;
    private final JsonValue eventId;
    private final ProcessVersion version;

    /**
     * @param base what the envelope was made from; null where it is the record's value itself
     * @param nodes the objects that the layout names, as far as the value has them
     * @param members the index of each slot's member in its object
     * @param eventId a JSON text: the value at its place, or one that is made of the parts of the id
     */
    Event(
            SourceRecord record,
            @Nullable Base base,
            EnvelopeLayout layout,
            EnvelopeLayout.Form form,
            @Nullable ScannedObject[] nodes,
            int[] members,
            JsonValue eventId,
            ProcessVersion version) {
        this.record = record;
        this.base = base;
        this.layout = layout;
        this.form = form;
        this.nodes = nodes;
        this.members = members;
        this.eventId = eventId;
        this.version = version;
    }

    /** Returns the identity of the event. No two different events of a history share it. It is never empty. */
    public String eventId() {
        String text = eventId.text();
        if (text == null) {
            throw new IllegalStateException("an envelope without an eventId");
        }
        return text;
    }

    /** Returns the eventId as UTF-8. The bytes are equal for equal eventIds, however they are escaped. */
    public byte[] eventIdBytes() {
        return JsonText.encode(eventId());
    }

    /**
     * Returns the eventId as a JSON text: at its place in the envelope where it is one text there, or else on its own.
     */
    public JsonValue eventIdValue() {
        return eventId;
    }

    /**
     * Returns the batch or process that wrote the event, from the place where results name their batch; null where the record
     * has nothing there, or no text.
     */
    public @Nullable String correlationId() {
        JsonValue value = value(EnvelopeField.CORRELATION_ID);
        return value == null ? null : value.text();
    }

    /** Returns what a result's batch id takes the place of in the value; null where it takes no place, or there is nothing. */
    public @Nullable JsonValue overwrittenCorrelationId() {
        EnvelopeLayout.Source batch = form.parts().batch();
        JsonValue value = batch != null && batch.place().isPointer() ? value(batch) : null;
        return value == null || value.isNull() ? null : value;
    }

    /** Returns the time of the event as the record writes it, in any form; null where it has none. */
    public @Nullable JsonValue eventTimestamp() {
        return value(EnvelopeField.EVENT_TIMESTAMP);
    }

    /**
     * Returns the time of the event. With Backprocess's own envelope this is null where the time is not text in the form of
     * {@link JsonValue#instant}. With another one, numbers count in the unit that its mapping says.
     */
    public @Nullable Instant eventTime() {
        JsonValue value = layout.isOwn() ? eventTimestamp() : null;
        return layout.isOwn() ? value == null ? null : value.instant() : time();
    }

    /**
     * Returns the time of the event in any form that is understood, as the mapping or {@link EventTime#parse} reads it; null
     * where the event has none.
     */
    public @Nullable Instant time() {
        EnvelopeForm.TimeSource source = form.form().eventTimestamp();
        if (source == null) {
            return null;
        }
        if (source.from().kind() == Place.Kind.RECORD) {
            return EventTime.ofRecord(record);
        }
        byte[] header = source.from().isHeader()
                ? RecordText.bytes(record.headers(), source.from().text())
                : null;
        if (header != null && header.length == Long.BYTES && (header[0] < ' ')) {
            return (source.unit() == null ? TimeUnit.MILLIS : source.unit()).parse(header);
        }
        JsonValue value = eventTimestamp();
        return value == null ? null : time(value, source.unit());
    }

    private static @Nullable Instant time(JsonValue value, @Nullable TimeUnit unit) {
        String text = value.text();
        Instant counted = unit == null ? null : unit.parse(text == null ? value.literal() : text);
        return counted != null || (unit != null && text == null) ? counted : EventTime.parse(value);
    }

    public ProcessVersion processVersion() {
        return version;
    }

    /**
     * Returns the text of an attribute, or another JSON value of it as it stands; null where the event has none.
     *
     * @param name the name that the envelope's mapping gives it
     * @throws IllegalArgumentException when the mapping has no attribute of the name
     */
    public @Nullable String attribute(String name) {
        JsonValue value = attributeValue(name);
        String text = value == null ? null : value.text();
        return text == null && value != null && !value.isNull() ? value.literal() : text;
    }

    /**
     * Returns the value of an attribute; null where the event has none. An attribute from a header is a JSON text.
     *
     * @throws IllegalArgumentException when the mapping has no attribute of the name
     */
    public @Nullable JsonValue attributeValue(String name) {
        EnvelopeLayout.Source source = form.parts().attributes().get(name);
        if (source == null) {
            throw new IllegalArgumentException(
                    "the envelope has no attribute '%s'; it has: %s".formatted(name, String.join(", ", attributes())));
        }
        return value(source);
    }

    /** Tells whether the event's envelope may have attributes. */
    public boolean hasAttributes() {
        return !form.parts().attributes().isEmpty();
    }

    /** Tells whether the history has an attribute of the name, in records of this form or of another one. */
    public boolean knowsAttribute(String name) {
        return layout.attributes().contains(name);
    }

    /** Returns the names of the attributes that are headers of the record. */
    public Set<String> headerAttributes() {
        Set<String> names = new TreeSet<>();
        form.parts().attributes().forEach((name, source) -> {
            if (source.place().isHeader()) {
                names.add(name);
            }
        });
        return names;
    }

    /**
     * Returns the place in the value where a result gets its id, its version or its batch id; null where it gets it elsewhere, or
     * not at all.
     */
    public @Nullable JsonPointer stampPointer(EnvelopeField field) {
        EnvelopeForm.Stamp stamp = form.form().stamp();
        Place place =
                switch (field) {
                    case EVENT_ID -> stamp.eventId();
                    case PROCESS_VERSION -> stamp.processVersion();
                    case CORRELATION_ID -> stamp.batch();
                    default -> null;
                };
        return place != null && place.isPointer() ? place.pointer() : null;
    }

    /** Tells whether a result of the event has a place for its id, its version or its batch id. */
    public boolean hasPlaceFor(EnvelopeField field) {
        JsonPointer pointer = stampPointer(field);
        if (pointer == null || pointer.path().size() == 1) {
            return true;
        }
        JsonValue parent = envelope()
                .at(JsonPointer.ofSteps(pointer.path().subList(0, pointer.path().size() - 1)));
        return parent != null && (parent.isObject() || parent.isArray());
    }

    /** Returns the names of the attributes that the event's envelope may have. */
    public Set<String> attributes() {
        return Collections.unmodifiableSet(form.parts().attributes().keySet());
    }

    /** Writes where the parts of the envelope are in its bytes, for a reader of the same mapping. */
    void writePositions(DataOutput out) throws IOException {
        for (@Nullable ScannedObject node : nodes) {
            out.writeBoolean(node != null);
            if (node != null) {
                node.writePositions(out);
            }
        }
    }

    /** Returns what the envelope was made from; null where it is the record's value itself. */
    @Nullable
    Base base() {
        return base;
    }

    EnvelopeLayout.Form form() {
        return form;
    }

    /** Returns the object at a depth of the path from the value down to the payload. */
    ScannedObject scanned(int depth) {
        return Objects.requireNonNull(nodes[form.node(depth)]);
    }

    /** Returns the member of an object of the path; {@link ScannedObject#ABSENT} where it does not exist. */
    int member(int slot) {
        return members[slot];
    }

    /** Returns the member of the object at a depth that is the next object of the path. */
    int memberBelow(int depth) {
        return members[layout.slotOf(form.node(depth + 1))];
    }

    /** Returns one of the five parts of the envelope; null where the record has none. */
    public @Nullable JsonValue value(EnvelopeField field) {
        return switch (field) {
            case EVENT_ID -> eventId;
            case CORRELATION_ID -> value(form.parts().batch());
            case EVENT_TIMESTAMP -> value(form.parts().time());
            case PROCESS_VERSION -> value(form.parts().version());
            case PAYLOAD ->
                new JsonValue(payload().document(), payload().start(), payload().end());
        };
    }

    @Nullable
    JsonValue value(EnvelopeLayout.@Nullable Source source) {
        if (source == null) {
            return null;
        }
        return switch (source.place().kind()) {
            case HEADER -> header(record, source.place().text());
            case RECORD -> JsonValue.parse(String.valueOf(record.timestamp()));
            case KEY -> key(record);
            default -> value(layout, nodes, members, source);
        };
    }

    static @Nullable JsonValue value(
            EnvelopeLayout layout, @Nullable ScannedObject[] nodes, int[] members, EnvelopeLayout.Source source) {
        int member = source.slot() < 0 ? ABSENT : members[source.slot()];
        ScannedObject object = member < 0 ? null : nodes[layout.nodeOf(source.slot())];
        if (object == null) {
            return null;
        }
        JsonValue value = object.value(member);
        for (int step = 0; step < source.rest().size() && value != null; step++) {
            value = JsonObject.step(value, source.rest().get(step));
        }
        return value;
    }

    /** Returns text as a JSON value of its own. */
    static JsonValue quoted(String text) {
        byte[] json = JsonText.quote(text);
        return new JsonValue(json, 0, json.length);
    }

    /** Returns the text of a header as a JSON value; null where the record has no such header. */
    static @Nullable JsonValue header(SourceRecord record, String name) {
        String text = RecordText.header(record.headers(), name);
        return text == null ? null : quoted(text);
    }

    /** Returns the record's key as a JSON value; null where it has none. */
    static @Nullable JsonValue key(SourceRecord record) {
        byte[] key = record.key();
        return key == null ? null : quoted(RecordText.text(key));
    }

    /** Returns the payload, which describes the subject of the event. */
    public JsonObject payload() {
        return Objects.requireNonNull(nodes[form.payload()]);
    }

    /**
     * Returns the whole value of the record, with everything that it has beside the parts of the envelope. A value of another
     * format is read as JSON.
     */
    public JsonObject envelope() {
        return Objects.requireNonNull(nodes[EnvelopeLayout.ROOT]);
    }

    /** Returns the source record: its key, timestamp, headers and place. */
    public SourceRecord record() {
        return record;
    }

    @Override
    public int partition() {
        return record.partition();
    }

    /** Returns a new, empty edit. The event itself stays unchanged. */
    public Edit edit() {
        return new Edit(this);
    }

    @Override
    public String toString() {
        return "event " + eventId() + " at " + record.partition() + "/" + record.offset();
    }
}
