package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the fields of one message lie in its bytes. A message that is on the wire several times counts as one, with the fields of
 * all its parts, as Protobuf merges them.
 */
final class Occurrences {
    /** In place of a field's index: the schema has no such field, or has it with another wire type. */
    static final int UNKNOWN = -1;

    static final int[] NO_SPANS = {};

    private static final int SPOT = 5;
    private static final int[] NONE = {};

    private final MessageType type;
    private int[] spots = NONE;
    private int count;
    private int[] order = NONE;
    /** For each occurrence, whether another member of its oneof follows, so that it has no value; empty where none has. */
    private boolean[] overruled = {};

    private Occurrences(MessageType type) {
        this.type = type;
    }

    /** Notes the fields of the message, whose parts are in these spans: the start and the end of each. */
    static Occurrences of(WireInput in, MessageType type, int[] spans) throws UnfitException {
        Occurrences result = new Occurrences(type);
        for (int i = 0; i < spans.length; i += 2) {
            in.seek(spans[i], spans[i + 1]);
            while (!in.isAtEnd()) {
                int start = in.at();
                int tag = in.tag();
                in.skip(tag);
                result.add(result.fieldOf(tag), start, in);
            }
        }
        if (type.hasOneofs()) {
            result.overrule();
        }
        result.sort();
        return result;
    }

    private int fieldOf(int tag) {
        FieldType field = type.byNumber(tag >>> 3);
        if (field == null) {
            return UNKNOWN;
        }
        int wire = tag & 7;
        boolean fits = wire == field.kind().wire()
                || (wire == FieldKind.LENGTH && field.repeated() && field.kind().isNumber());
        return fits ? field.index() : UNKNOWN;
    }

    private void add(int field, int start, WireInput in) {
        int at = count++ * SPOT;
        if (at == spots.length) {
            spots = Arrays.copyOf(spots, Math.max(4 * SPOT, 2 * at));
        }
        spots[at] = field;
        spots[at + 1] = start;
        spots[at + 2] = in.valueStart();
        spots[at + 3] = in.valueEnd();
        spots[at + 4] = in.at();
    }

    /** Finds members of oneofs that another member follows: seen from the end, all from the first other member on. */
    private void overrule() {
        Map<Integer, Integer> members = new HashMap<>();
        for (int i = count - 1; i >= 0; i--) {
            int oneof = field(i) == UNKNOWN ? -1 : type.field(field(i)).oneof();
            if (oneof >= 0) {
                int member = field(i);
                if (members.merge(oneof, member, (last, next) -> last.equals(next) ? last : UNKNOWN) == UNKNOWN) {
                    if (overruled.length == 0) {
                        overruled = new boolean[count];
                    }
                    overruled[i] = true;
                }
            }
        }
    }

    /** Orders the known fields that have a value as the schema does; those of one field stay as on the wire. */
    private void sort() {
        int[] found = new int[count];
        int length = 0;
        boolean sorted = true;
        for (int i = 0; i < count; i++) {
            if (field(i) != UNKNOWN && !isOverruled(i)) {
                sorted &= length == 0 || field(found[length - 1]) <= field(i);
                found[length++] = i;
            }
        }
        if (!sorted) {
            long[] keys = new long[length];
            for (int i = 0; i < length; i++) {
                keys[i] = (long) field(found[i]) << Integer.SIZE | found[i];
            }
            Arrays.sort(keys);
            for (int i = 0; i < length; i++) {
                found[i] = (int) keys[i];
            }
        }
        order = length == count ? found : Arrays.copyOf(found, length);
    }

    MessageType type() {
        return type;
    }

    int count() {
        return count;
    }

    /** Returns the occurrences that have a value, field by field in the order of the schema. */
    int[] order() {
        return order;
    }

    int field(int occurrence) {
        return spots[occurrence * SPOT];
    }

    boolean hasOverruled() {
        return overruled.length > 0;
    }

    boolean isOverruled(int occurrence) {
        return overruled.length > 0 && overruled[occurrence];
    }

    /** Returns the start of the tag. */
    int start(int occurrence) {
        return spots[occurrence * SPOT + 1];
    }

    int contentStart(int occurrence) {
        return spots[occurrence * SPOT + 2];
    }

    int contentEnd(int occurrence) {
        return spots[occurrence * SPOT + 3];
    }

    int end(int occurrence) {
        return spots[occurrence * SPOT + 4];
    }

    /** Returns the first place of the field in {@link #order}; where it has no value, the place of the next one. */
    int first(FieldType field) {
        int low = 0;
        int high = order.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (field(order[middle]) < field.index()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns the place in {@link #order} after the last one of the field. */
    int afterLast(int first, FieldType field) {
        int at = first;
        while (at < order.length && field(order[at]) == field.index()) {
            at++;
        }
        return at;
    }

    /** Returns the content of the field's occurrences: the start and the end of each. */
    int[] spans(FieldType field) {
        int from = first(field);
        return spans(from, afterLast(from, field));
    }

    /** Returns the content of the occurrences between two places in {@link #order}. */
    int[] spans(int from, int to) {
        int[] spans = new int[2 * (to - from)];
        for (int i = from; i < to; i++) {
            spans[2 * (i - from)] = contentStart(order[i]);
            spans[2 * (i - from) + 1] = contentEnd(order[i]);
        }
        return spans;
    }
}
