package io.backprocess.format.protobuf;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of the occurrences of a message: each stays byte for byte, is replaced or goes; new ones follow at the end. */
final class Rewrite {
    private static final byte[] NOTHING = {};

    private final byte[] bytes;
    private final Occurrences base;
    private final Map<Integer, byte[]> replacements = new HashMap<>();
    private final ByteOut appended = new ByteOut(0);

    Rewrite(byte[] bytes, Occurrences base) {
        this.bytes = bytes;
        this.base = base;
    }

    Occurrences base() {
        return base;
    }

    void replace(int occurrence, byte[] by) {
        replacements.put(occurrence, by);
    }

    void drop(int occurrence) {
        replace(occurrence, NOTHING);
    }

    /** Drops the occurrences between two places in the base's order. */
    void drop(int from, int to) {
        for (int i = from; i < to; i++) {
            drop(base.order()[i]);
        }
    }

    boolean isKept(int occurrence) {
        return !replacements.containsKey(occurrence);
    }

    /** Returns where to put fields that the base does not have. */
    ByteOut append() {
        return appended;
    }

    /** Replaces the last of the occurrences by a new value and drops the others; appends the value where there are none. */
    void put(FieldType field, int from, int to, byte[] content) {
        if (from == to) {
            append().field(field, content);
            return;
        }
        drop(from, to - 1);
        int last = base.order()[to - 1];
        ByteOut out = new ByteOut(content.length + 16);
        putTag(out, field, last, field.tag());
        out.content(field, content);
        replace(last, out.toBytes());
    }

    /** Puts the tag of an occurrence: as it is, or the field's own where another schema gave it another number. */
    void putTag(ByteOut out, FieldType field, int occurrence, int tag) {
        int number = base.type().field(base.field(occurrence)).number();
        if (number == field.number()) {
            int end = base.start(occurrence);
            while (bytes[end] < 0) {
                end++;
            }
            out.put(bytes, base.start(occurrence), end + 1);
        } else {
            out.tag(tag);
        }
    }

    /** Puts an occurrence as it is, but with the number that the field has in this schema. */
    void putWhole(ByteOut out, FieldType field, int occurrence) {
        int wire = bytes[base.start(occurrence)] & 7;
        boolean sameNumber = base.type().field(base.field(occurrence)).number() == field.number();
        putTag(out, field, occurrence, field.number() << 3 | wire);
        int tagEnd = base.start(occurrence);
        while (bytes[tagEnd] < 0) {
            tagEnd++;
        }
        if (wire == FieldKind.START && !sameNumber) {
            out.put(bytes, tagEnd + 1, base.contentEnd(occurrence));
            out.tag(field.number() << 3 | FieldKind.END);
        } else {
            out.put(bytes, tagEnd + 1, base.end(occurrence));
        }
    }

    /** Gives a kept occurrence the number that the field has in this schema. */
    void renumber(FieldType field, int occurrence) {
        ByteOut out = new ByteOut(base.end(occurrence) - base.start(occurrence) + 16);
        putWhole(out, field, occurrence);
        replace(occurrence, out.toBytes());
    }

    /** Returns the new content; null where nothing has changed. */
    byte @Nullable [] content() {
        if (replacements.isEmpty() && appended.length() == 0) {
            return null;
        }
        ByteOut out = new ByteOut(appended.length() + base.count() * 8);
        for (int i = 0; i < base.count(); i++) {
            byte[] by = replacements.get(i);
            if (by == null) {
                out.put(bytes, base.start(i), base.end(i));
            } else {
                out.put(by);
            }
        }
        out.put(appended.toBytes());
        return out.toBytes();
    }
}
