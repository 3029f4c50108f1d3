package io.backprocess.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The positions of the members of one object, noted while the scanner walks over it. It holds for each member the start and end
 * of its name (between the quotes) and of its value. It is reused from event to event.
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

    /** Returns an index for an object on its own. */
    public static MemberIndex flat() {
        return new MemberIndex(null, null);
    }

    /** Returns an index for an object that also indexes one of its members in the same walk, if that member is an object. */
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

    /** Returns the emptied index for the member's value; null where the value is not indexed. */
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

    /** @param plain whether the name is ASCII without an escape */
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

    /** Returns a copy of the positions: for each member the start and end of its name, then of its value. */
    public int[] spans() {
        return Arrays.copyOf(spans, length);
    }

    public boolean hasPlainNames() {
        return plainNames;
    }
}
