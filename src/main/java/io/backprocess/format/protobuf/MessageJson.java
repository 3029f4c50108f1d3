package io.backprocess.format.protobuf;

import io.backprocess.format.JsonBuffer;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonScanner;
import java.util.HashMap;
import java.util.Map;

/** Writes messages as JSON, field by field in the order of the schema. */
final class MessageJson {
    private final WireInput in;
    private final JsonBuffer out;
    private final Trail trail;
    private int jsonDepth;
    private int messageDepth;

    MessageJson(WireInput in, JsonBuffer out, Trail trail) {
        this.in = in;
        this.out = out;
        this.trail = trail;
    }

    JsonBuffer out() {
        return out;
    }

    WireInput in() {
        return in;
    }

    /** Writes a message whose parts are in these spans. */
    void message(MessageType type, int[] spans) throws UnfitException {
        if (++messageDepth > JsonScanner.MAX_DEPTH) {
            throw trail.unfit("messages nested deeper than " + JsonScanner.MAX_DEPTH);
        }
        Occurrences message = Occurrences.of(in, type, spans);
        WellKnown known = type.wellKnown();
        if (known == null || !WellKnownJson.write(known, message, this)) {
            plain(message);
        }
        messageDepth--;
    }

    private void plain(Occurrences message) throws UnfitException {
        MessageType type = message.type();
        checkRequired(message);
        checkOverruled(message);
        FieldType[] always = type.always();
        int[] order = message.order();
        int nextAlways = 0;
        int at = 0;
        boolean first = true;
        open('{');
        while (at < order.length || nextAlways < always.length) {
            FieldType field = at < order.length ? type.field(message.field(order[at])) : always[nextAlways];
            if (nextAlways < always.length && always[nextAlways].index() <= field.index()) {
                field = always[nextAlways++];
            }
            if (!first) {
                out.put(',');
            }
            first = false;
            out.put(type.nameLiteral(field));
            out.put(':');
            int after = message.afterLast(at, field);
            trail.push(field.name());
            field(field, message, at, after);
            trail.pop();
            at = after;
        }
        close('}');
    }

    private void checkRequired(Occurrences message) throws UnfitException {
        for (FieldType field : message.type().required()) {
            int at = message.first(field);
            if (message.afterLast(at, field) == at) {
                throw trail.unfit("required field %s of %s is not there"
                        .formatted(field.name(), message.type().name()));
            }
        }
    }

    /** Reads members of oneofs that have no value, since other readers do so too and reject what is not a value. */
    private void checkOverruled(Occurrences message) throws UnfitException {
        for (int i = 0; message.hasOverruled() && i < message.count(); i++) {
            if (message.isOverruled(i)) {
                int mark = out.length();
                FieldType field = message.type().field(message.field(i));
                trail.push(field.name());
                value(field, new int[] {message.contentStart(i), message.contentEnd(i)});
                trail.pop();
                out.truncate(mark);
            }
        }
    }

    /** Writes a field's value, with the occurrences between two places in the message's order. */
    void field(FieldType field, Occurrences message, int from, int to) throws UnfitException {
        if (field.map()) {
            map(field, message, from, to);
        } else if (field.repeated()) {
            array(field, message, from, to);
        } else if (field.kind().isMessage()) {
            message(field.messageType(), message.spans(from, to));
        } else {
            for (int i = from; i < to; i++) {
                int before = out.length();
                int occurrence = message.order()[i];
                scalar(field, message.contentStart(occurrence), message.contentEnd(occurrence));
                if (i < to - 1) {
                    out.truncate(before);
                }
            }
            if (from == to) {
                defaultValue(field);
            }
        }
    }

    private void array(FieldType field, Occurrences message, int from, int to) throws UnfitException {
        open('[');
        Elements elements = Elements.of(in, field, message, from, to);
        for (int i = 0; i < elements.count(); i++) {
            if (i > 0) {
                out.put(',');
            }
            trail.push(i);
            value(field, elements.span(i));
            trail.pop();
        }
        close(']');
    }

    private void map(FieldType field, Occurrences message, int from, int to) throws UnfitException {
        Map<String, Integer> last = new HashMap<>();
        String[] keys = new String[to - from];
        FieldType key = field.messageType().field(0);
        for (int i = from; i < to; i++) {
            Occurrences entry = entry(field, message, i);
            int mark = out.length();
            int keyFrom = entry.first(key);
            field(key, entry, keyFrom, entry.afterLast(keyFrom, key));
            keys[i - from] = out.textFrom(mark);
            out.truncate(mark);
            last.put(keys[i - from], i);
        }
        open('{');
        boolean first = true;
        for (int i = from; i < to; i++) {
            int mark = out.length();
            if (!first) {
                out.put(',');
            }
            trail.push(unquoted(keys[i - from]));
            entry(field, entry(field, message, i));
            trail.pop();
            if (last.getOrDefault(keys[i - from], i) == i) {
                first = false;
            } else {
                out.truncate(mark);
            }
        }
        close('}');
    }

    private Occurrences entry(FieldType field, Occurrences message, int place) throws UnfitException {
        return Occurrences.of(in, field.messageType(), message.spans(place, place + 1));
    }

    private void entry(FieldType map, Occurrences entry) throws UnfitException {
        FieldType key = map.messageType().field(0);
        FieldType value = map.messageType().field(1);
        boolean quoted = key.kind() == FieldKind.STRING;
        if (!quoted) {
            out.put('"');
        }
        int keyFrom = entry.first(key);
        field(key, entry, keyFrom, entry.afterLast(keyFrom, key));
        if (!quoted) {
            out.put('"');
        }
        out.put(':');
        int valueFrom = entry.first(value);
        field(value, entry, valueFrom, entry.afterLast(valueFrom, value));
    }

    private static String unquoted(String key) {
        return key.startsWith("\"") ? key.substring(1, key.length() - 1) : key;
    }

    /** Writes one value whose content is in this span. */
    void value(FieldType field, int[] span) throws UnfitException {
        if (field.kind().isMessage()) {
            message(field.messageType(), span);
        } else {
            scalar(field, span[0], span[1]);
        }
    }

    void scalar(FieldType field, int start, int end) throws UnfitException {
        FieldKind kind = field.kind();
        if (kind == FieldKind.STRING) {
            text(start, end);
        } else if (kind == FieldKind.BYTES) {
            out.base64(in.bytes(), start, end);
        } else {
            in.seek(start, end);
            number(field, kind.value(in.bits(kind.wire())));
        }
    }

    private void text(int start, int end) throws UnfitException {
        int invalid = out.text(in.bytes(), start, end);
        if (invalid >= 0) {
            throw in.unfit("invalid UTF-8", invalid);
        }
    }

    private void defaultValue(FieldType field) throws UnfitException {
        if (field.kind().isText()) {
            out.ascii("\"\"");
        } else {
            number(field, field.defaultNumber());
        }
    }

    void number(FieldType field, long value) throws UnfitException {
        switch (field.kind()) {
            case DOUBLE -> out.number(Double.longBitsToDouble(value));
            case FLOAT -> out.number(Float.intBitsToFloat((int) value));
            case BOOL -> out.ascii(value == 0 ? "false" : "true");
            case ENUM -> {
                byte[] literal = field.enumType().literal((int) value);
                if (literal == null) {
                    out.number(value);
                } else {
                    out.put(literal);
                }
            }
            default -> {
                if (value < 0 && (field.kind() == FieldKind.UINT64 || field.kind() == FieldKind.FIXED64)) {
                    out.ascii(Long.toUnsignedString(value));
                } else {
                    out.number(value);
                }
            }
        }
    }

    private void open(char bracket) throws UnfitException {
        if (++jsonDepth > JsonScanner.MAX_DEPTH) {
            throw trail.unfit("nested deeper than " + JsonScanner.MAX_DEPTH);
        }
        out.put(bracket);
    }

    private void close(char bracket) throws UnfitException {
        jsonDepth--;
        out.put(bracket);
    }
}
