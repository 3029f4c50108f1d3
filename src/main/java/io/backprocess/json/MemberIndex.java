package io.backprocess.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the members of one object stand, noted while the scanner walks over it: for each, the start and end of its name
 * (between the quotes) and of its value. Reused from event to event.
 */
public final class MemberIndex {
    public static final int SPAN = 4;

    private final @Nullable String childName;
    private final @Nullable MemberIndex child;
    private int[] spans = new int[SPAN * 16];
    private int length;
    private boolean plainNames = true;
    private byte[] json = new byte[0];

    private MemberIndex(@Nullable String childName, @Nullable MemberIndex child) {
        this.childName = childName;
        this.child = child;
    }

    /** For an object on its own. */
    public static MemberIndex flat() {
        return new MemberIndex(null, null);
    }

    /** For an object whose member of that name, if it is an object, is indexed in the same walk. */
    public static MemberIndex withChild(String name, MemberIndex child) {
        return new MemberIndex(name, child);
    }

    public void reset(byte[] json) {
        this.json = json;
        length = 0;
        plainNames = true;
        if (child != null) {
            child.reset(json);
        }
    }

    /** The index, emptied, that the member's value is to be noted in; null for none. */
    @Nullable
    MemberIndex childAt(int nameStart, int nameEnd, int valueStart) {
        if (child == null
                || childName == null
                || valueStart >= json.length
                || json[valueStart] != '{'
                || !JsonText.equal(json, nameStart, nameEnd, childName)) {
            return null;
        }
        child.reset(json);
        return child;
    }

    /** @param plain whether the name stands there in ASCII and without an escape */
    void add(int nameStart, int nameEnd, int valueStart, int valueEnd, boolean plain) {
        if (length + SPAN > spans.length) {
            spans = Arrays.copyOf(spans, spans.length * 2);
        }
        spans[length] = nameStart;
        spans[length + 1] = nameEnd;
        spans[length + 2] = valueStart;
        spans[length + 3] = valueEnd;
        length += SPAN;
        plainNames &= plain;
    }

    public byte[] json() {
        return json;
    }

    /** A copy: for each member the start and end of its name, and of its value. */
    public int[] spans() {
        return Arrays.copyOf(spans, length);
    }

    public boolean hasPlainNames() {
        return plainNames;
    }
}
