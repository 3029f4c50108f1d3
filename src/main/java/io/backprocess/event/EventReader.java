package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.event.EnvelopeLayout.Form;
import io.backprocess.event.EnvelopeLayout.Source;
import io.backprocess.format.EncodedValue;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.MemberIndex;
import java.io.DataInput;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads envelopes. One walk over the bytes notes the position of each part. One reader serves one thread. */
public final class EventReader {
    /** The member index of a slot whose name an object has twice. */
    private static final int TWICE = -2;

    private static final String JOINT = "|";
    private static final byte[] NOT_READ_YET = {};

    private final String subject;
    private final JsonScanner scanner = new JsonScanner();
    private final EnvelopeLayout layout;
    private final @Nullable ValueFormat values;

    /** Returns a reader of Backprocess's own envelope. */
    public EventReader() {
        this(EnvelopeMapping.OWN);
    }

    /** @param mapping where the records keep the parts of an envelope */
    public EventReader(EnvelopeMapping mapping) {
        this(mapping, "userId");
    }

    /**
     * @param mapping where the records keep the parts of an envelope
     * @param subject the member in which flat events, which have no envelope, name their subject
     */
    public EventReader(EnvelopeMapping mapping, String subject) {
        this.subject = subject;
        this.layout = new EnvelopeLayout(mapping);
        this.values = mapping.values();
    }

    /** Returns the limits by name. A value that exceeds one of them is not an envelope. */
    public static Map<String, Long> limits() {
        return Map.of(
                "json.depth", (long) JsonScanner.MAX_DEPTH,
                "json.number-digits", (long) JsonScanner.MAX_NUMBER_LENGTH,
                "json.name-bytes", (long) JsonScanner.MAX_NAME_LENGTH);
    }

    /**
     * Reads one envelope.
     *
     * @param record the record that the envelope came from
     * @param value the record's value
     * @throws UnreadableException when the bytes are not an envelope
     */
    public Event read(SourceRecord record, byte[] value) throws UnreadableException {
        if (values == null) {
            return readJson(record, value, null);
        }
        MemberIndex root = layout.index(EnvelopeLayout.ROOT);
        root.reset(NOT_READ_YET);
        EncodedValue encoded = values.read(record, value, root);
        Base base = Base.of(encoded, values);
        return root.isFound() ? read(record, encoded.json(), true, base) : readJson(record, encoded.json(), base);
    }

    /**
     * Reads what a result writes: its value, with all that its schema adds and leaves out; or its envelope, where the value cannot be
     * read, because its schema is not registered yet.
     */
    public Event readWritten(Result result) throws UnreadableException {
        if (values == null || result.encodedValue() == null) {
            return read(result);
        }
        try {
            return read(result.record(), result.value());
        } catch (UnreadableException e) {
            return read(result);
        }
    }

    /** Reads a result as an event again. */
    public Event read(Result result) throws UnreadableException {
        return readJson(result.record(), result.envelope(), result.base());
    }

    /**
     * Reads an envelope that is JSON already, whatever the record's value is.
     *
     * @param base what the envelope was made from; null where it is the value itself
     */
    Event readJson(SourceRecord record, byte[] json, @Nullable Base base) throws UnreadableException {
        try {
            return read(record, json, walk(json), base);
        } catch (JsonSyntaxException e) {
            throw new UnreadableException(new MalformedJsonException(e));
        }
    }

    /**
     * Reads an envelope that was read before, at the positions that {@link Event#writePositions} has written.
     *
     * @param json the bytes of the envelope
     */
    Event readAt(DataInput positions, SourceRecord record, byte[] json) throws UnreadableException, IOException {
        layout.index(EnvelopeLayout.ROOT).reset(json);
        for (int node = 0; node < layout.nodes(); node++) {
            if (positions.readBoolean()) {
                layout.index(node).read(positions);
            }
        }
        return read(record, json, true, null);
    }

    /** Walks over the document, and tells whether it is a JSON object. */
    private boolean walk(byte[] json) throws JsonSyntaxException {
        scanner.reset(json, json.length);
        layout.index(EnvelopeLayout.ROOT).reset(json);
        int start = scanner.start(0);
        boolean object = start < json.length && json[start] == '{';
        scanner.finish(object ? scanner.object(start, layout.index(EnvelopeLayout.ROOT)) : scanner.value(start));
        return object;
    }

    private Event read(SourceRecord record, byte[] json, boolean object, @Nullable Base base)
            throws UnreadableException {
        if (!object) {
            throw notAnEnvelope(
                    layout.isFormer()
                            ? EnvelopeProblems.FORMER_VALUE
                            : "the value is no JSON object but " + EnvelopeProblems.kind(json));
        }
        @Nullable ScannedObject[] nodes = new ScannedObject[layout.nodes()];
        int[] members = new int[layout.slots()];
        for (int node = 0; node < nodes.length; node++) {
            find(node, nodes, members);
        }
        Parts parts = new Parts(record, base, nodes, members);
        return parts.event(form(parts));
    }

    /** Finds the slots of a node among its members. */
    private void find(int node, @Nullable ScannedObject[] nodes, int[] members) {
        int[] slots = layout.slotsOf(node);
        for (int slot : slots) {
            members[slot] = ABSENT;
        }
        if (!layout.index(node).isFound()) {
            return;
        }
        ScannedObject object = new ScannedObject(layout.index(node));
        nodes[node] = object;
        for (int member = 0; slots.length > 0 && member < object.size(); member++) {
            for (int slot : slots) {
                if (object.isNamed(member, layout.name(slot))) {
                    members[slot] = members[slot] == ABSENT ? member : TWICE;
                    break;
                }
            }
        }
    }

    private Form form(Parts parts) throws UnreadableException {
        for (Form form : layout.forms()) {
            if (parts.has(form)) {
                if (form.form().refusal() != null) {
                    throw notAnEnvelope(form.form().refusal());
                }
                return form;
            }
        }
        throw notAnEnvelope("the record has none of the forms that --envelope describes; "
                + EnvelopeProblems.members(parts.nodes[EnvelopeLayout.ROOT]));
    }

    /** The parts of one envelope, as far as the walk has found them. */
    private final class Parts {
        private final SourceRecord record;
        private final @Nullable Base base;
        private final @Nullable ScannedObject[] nodes;
        private final int[] members;

        Parts(SourceRecord record, @Nullable Base base, @Nullable ScannedObject[] nodes, int[] members) {
            this.record = record;
            this.base = base;
            this.nodes = nodes;
            this.members = members;
        }

        boolean has(Form form) throws UnreadableException {
            EnvelopeForm.Condition when = form.form().when();
            if (when == null) {
                return true;
            }
            for (Map.Entry<String, String> header : when.headers().entrySet()) {
                String text = RecordText.header(record.headers(), header.getKey());
                if (text == null || !text.toLowerCase(Locale.ROOT).startsWith(header.getValue())) {
                    return false;
                }
            }
            for (Source needed : form.conditions().has()) {
                if (!exists(needed)) {
                    return false;
                }
            }
            for (Source absent : form.conditions().lacks()) {
                if (exists(absent)) {
                    return false;
                }
            }
            return true;
        }

        private boolean exists(Source source) throws UnreadableException {
            checkOnce(source.slot());
            return source.place().isHeader()
                    ? RecordText.bytes(record.headers(), source.place().text()) != null
                    : Event.value(layout, nodes, members, source) != null;
        }

        Event event(Form form) throws UnreadableException {
            checkOnce(form);
            JsonValue id = id(form);
            ScannedObject payload = nodes[form.payload()];
            if (layout.isOwn() && payload == null && isFlat(form)) {
                throw new UnreadableException(
                        Reason.MISSING_CONTEXT, "a flat legacy event: it has no payload that says what it was about");
            }
            ProcessVersion version = version(form);
            if (payload == null) {
                throw problem("payload", form.form().payload(), payloadValue(form), "an object");
            }
            return new Event(record, base, layout, form, nodes, members, id, version);
        }

        /** Returns the id as a JSON text: the value at its place, or one that is made of the parts of the id. */
        private JsonValue id(Form form) throws UnreadableException {
            List<Source> sources = form.parts().eventId();
            if (sources.size() == 1) {
                JsonValue only = id(sources.get(0));
                return only.isText() ? only : Event.quoted(only.literal());
            }
            StringBuilder joined = new StringBuilder();
            for (Source source : sources) {
                JsonValue part = id(source);
                String text = part.text();
                // Two different lists never become the same text.
                joined.append(joined.length() == 0 ? "" : JOINT)
                        .append((text == null ? part.literal() : text)
                                .replace("\\", "\\\\")
                                .replace(JOINT, "\\" + JOINT));
            }
            return Event.quoted(joined.toString());
        }

        private JsonValue id(Source source) throws UnreadableException {
            Place place = source.place();
            JsonValue value =
                    switch (place.kind()) {
                        case KEY -> Event.key(record);
                        case ORIGIN ->
                            Event.quoted(new Origin(layout.topic(), record.partition(), record.offset()).toString());
                        default -> value(source);
                    };
            boolean good = value != null
                    && (value.isText() ? value.end() - value.start() > 2 : value.isNumber() && !layout.isOwn());
            if (value == null || !good) {
                throw problem("eventId", place, value, layout.isOwn() ? "text" : "text or a number");
            }
            return value;
        }

        /** Tells whether the value has no payload at all, and the members of a flat event instead. */
        private boolean isFlat(Form form) {
            ScannedObject root = nodes[EnvelopeLayout.ROOT];
            return members[layout.slotOf(form.payload())] == ABSENT && root != null && FlatEvent.isOne(root, subject);
        }

        private @Nullable JsonValue payloadValue(Form form) {
            int slot = layout.slotOf(form.payload());
            ScannedObject parent = slot == EnvelopeLayout.NONE ? null : nodes[layout.nodeOf(slot)];
            return parent == null || members[slot] < 0 ? null : parent.value(members[slot]);
        }

        private ProcessVersion version(Form form) throws UnreadableException {
            VersionSource source = form.form().processVersion();
            if (source.isOfSchema()) {
                return versionOfSchema(source);
            }
            JsonValue value = value(form.parts().version());
            // The usual case comes first, since every event takes it.
            if (value != null && value.isNumber() && source.map().isEmpty()) {
                return ProcessVersion.of(value);
            }
            if ((value == null || value.isNull()) && source.absent() != null) {
                return source.absent();
            }
            boolean numbersOnly = source.kind() == VersionSource.Kind.NUMBER;
            String text = value == null ? null : value.isNumber() ? value.literal() : value.text();
            ProcessVersion version =
                    text == null || (numbersOnly && value != null && value.isText()) ? null : source.version(text);
            if (version == null && text != null && !source.map().isEmpty()) {
                throw UnreadableException.unmappedVersion(
                        problem("processVersion", source.from(), value, "a number or a text of 'map'")
                                .getMessage());
            }
            if (version == null) {
                throw problem(
                        "processVersion", source.from(), value, numbersOnly ? "a number" : "a number or its text");
            }
            return version;
        }

        /** Returns the version of the schema of the value; of a result the one that revisions have made. */
        private ProcessVersion versionOfSchema(VersionSource source) throws UnreadableException {
            ValueFormat format = values;
            if (format == null) {
                throw notAnEnvelope("the value has no schema, whose version 'from: schema-version' takes");
            }
            if (base != null && base.version() != null) {
                return base.version();
            }
            String subject = source.from().text();
            Integer number = format.schemaVersion(subject, record);
            ProcessVersion version = number == null ? source.absent() : source.version(number.toString());
            if (version == null) {
                throw notAnEnvelope("the schema of the value is no version of subject '%s'; 'absent' may give it one"
                        .formatted(subject));
            }
            return version;
        }

        private @Nullable JsonValue value(Source source) {
            return source.place().isHeader()
                    ? Event.header(record, source.place().text())
                    : Event.value(layout, nodes, members, source);
        }

        /** Refuses an envelope that has one of its parts twice, since no rule says which of them counts. */
        private void checkOnce(Form form) throws UnreadableException {
            EnvelopeLayout.Parts parts = form.parts();
            for (Source id : parts.eventId()) {
                checkOnce(id.slot());
            }
            checkOnce(parts.version().slot());
            checkOnce(parts.time() == null ? EnvelopeLayout.NONE : parts.time().slot());
            checkOnce(
                    parts.batch() == null ? EnvelopeLayout.NONE : parts.batch().slot());
            checkOnce(layout.slotOf(form.payload()));
            for (Source attribute : parts.attributes().values()) {
                checkOnce(attribute.slot());
            }
        }

        private void checkOnce(int slot) throws UnreadableException {
            for (int at = slot; at != EnvelopeLayout.NONE; at = layout.slotOf(layout.nodeOf(at))) {
                if (members[at] == TWICE) {
                    throw notAnEnvelope(layout.name(at) + " is given twice");
                }
            }
        }

        private UnreadableException problem(String what, Place place, @Nullable JsonValue found, String needed) {
            return notAnEnvelope(
                    layout.isFormer()
                            ? EnvelopeProblems.former(what, found)
                            : EnvelopeProblems.text(
                                    what,
                                    layout.isOwn() ? null : place,
                                    found,
                                    needed,
                                    record,
                                    nodes[EnvelopeLayout.ROOT]));
        }
    }

    private static UnreadableException notAnEnvelope(String message) {
        return new UnreadableException(Reason.NOT_AN_ENVELOPE, message);
    }
}
