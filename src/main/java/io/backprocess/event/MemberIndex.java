package io.backprocess.event;

import java.util.Arrays;

/**
 * Where the members of one object stand, noted while the scanner walks over it: for each, the start and end of its name
 * (between the quotes) and of its value. Reused from event to event.
 */
final class MemberIndex {
    /** For the objects that nobody looks into. */
    static final MemberIndex NONE = new MemberIndex("");

    static final int SPAN = 4;

    private final String childName;
    private int[] spans = new int[SPAN * 16];
    private int length;
    private MemberIndex child = NONE;
    private byte[] json = new byte[0];

    private MemberIndex(String childName) {
        this.childName = childName;
    }

    /** For an object on its own. */
    static MemberIndex flat() {
        return new MemberIndex("");
    }

    /** For an object whose member of that name, if it is an object, is indexed in the same walk. */
    static MemberIndex withChild(String name, MemberIndex child) {
        MemberIndex index = new MemberIndex(name);
        index.child = child;
        return index;
    }

    void reset(byte[] json) {
        this.json = json;
        this.length = 0;
        if (child != NONE) {
            child.reset(json);
        }
    }

    /** Walks over the member's value and notes where both stand; returns the byte after the value. */
    int walk(JsonScanner scanner, int nameStart, int nameEnd, int valueStart) throws MalformedJsonException {
        if (this == NONE) {
            return scanner.value(valueStart);
        }
        int valueEnd;
        if (child != NONE
                && valueStart < json.length
                && json[valueStart] == '{'
                && JsonText.equal(json, nameStart, nameEnd, childName)) {
            child.length = 0;
            valueEnd = scanner.object(valueStart, child);
        } else {
            valueEnd = scanner.value(valueStart);
        }
        if (length + SPAN > spans.length) {
            spans = Arrays.copyOf(spans, spans.length * 2);
        }
        spans[length] = nameStart;
        spans[length + 1] = nameEnd;
        spans[length + 2] = valueStart;
        spans[length + 3] = valueEnd;
        length += SPAN;
        return valueEnd;
    }

    int[] spans() {
        return Arrays.copyOf(spans, length);
    }
}
