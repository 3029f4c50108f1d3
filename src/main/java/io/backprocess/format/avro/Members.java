package io.backprocess.format.avro;

import io.backprocess.json.JsonText;
import java.util.LinkedHashMap;
import java.util.Map;

/** Walks over the members of an object or the elements of an array in the changed JSON, which may have white space. */
final class Members {
    private Members() {}

    /** Gets each member in the order of the text. */
    interface Visitor {
        void member(int nameStart, int nameEnd, int valueAt) throws MisfitException;
    }

    /**
     * Walks over members up to the end of the object, and returns the position after it.
     *
     * @param from the object's opening brace, or the comma or closing brace after a member
     */
    static int walk(Merge merge, int from, Visitor visitor) throws MisfitException {
        int at = merge.space(from + 1);
        switch (merge.byteAt(from)) {
            case '}' -> {
                return from + 1;
            }
            case '{' -> {
                if (merge.byteAt(at) == '}') {
                    return at + 1;
                }
            }
            default -> merge.expect(from, ',');
        }
        while (true) {
            merge.expect(at, '"');
            int nameEnd = merge.end(at);
            int value = merge.space(merge.expect(merge.space(nameEnd), ':'));
            visitor.member(at + 1, nameEnd - 1, value);
            int next = merge.space(merge.end(value));
            if (merge.byteAt(next) == '}') {
                return next + 1;
            }
            at = merge.space(merge.expect(next, ','));
        }
    }

    /** Returns the positions of the members' values by name. The last one of members with the same name counts. */
    static Map<String, Integer> byName(Merge merge, int from) throws MisfitException {
        Map<String, Integer> members = new LinkedHashMap<>();
        walk(merge, from, (start, end, value) -> members.put(JsonText.decode(merge.json, start, end), value));
        return members;
    }

    /** Returns the positions of an array's elements, and as the last one the position after the array. */
    static int[] elements(Merge merge, int from) throws MisfitException {
        Positions elements = new Positions();
        int at = merge.space(merge.expect(from, '['));
        boolean more = merge.byteAt(at) != ']';
        while (more) {
            elements.add(at);
            at = merge.space(merge.end(at));
            more = merge.byteAt(at) != ']';
            if (more) {
                at = merge.space(merge.expect(at, ','));
            }
        }
        elements.add(at + 1);
        return elements.toArray();
    }
}
