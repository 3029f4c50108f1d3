package io.backprocess.json;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The positions of the members of one object, noted while the scanner walks over it. It holds for each member the start and end
 * of its name (between the quotes) and of its value. It is reused from event to event.
 */
public final class MemberIndex {
    public static final int SPAN = 4;
    private static final int NOWHERE = -1;
    /** A byte of this value announces a step of four bytes. */
    private static final int LONG_STEP = 255;

    private final String[] childNames;
    private final MemberIndex[] children;
    private int[] spans = new int[SPAN * 16];
    private int length;
    private boolean plainNames = true;
    private byte[] json = new byte[0];
    private int start = NOWHERE;
    private int end;

    private MemberIndex(String[] childNames, MemberIndex[] children) {
        this.childNames = childNames;
        this.children = children;
    }

    /** Returns an index for an object on its own. */
    public static MemberIndex flat() {
        return withChildren(Map.of());
    }

    /**
     * Returns an index for an object that also indexes some of its members in the same walk, as far as they are objects.
     *
     * @param children the indexes of the members by name
     */
    public static MemberIndex withChildren(Map<String, MemberIndex> children) {
        return new MemberIndex(
                children.keySet().toArray(String[]::new), children.values().toArray(MemberIndex[]::new));
    }

    /** Empties the index and those of the members, for a document in which their objects may not occur at all. */
    public void reset(byte[] json) {
        this.json = json;
        length = 0;
        plainNames = true;
        start = NOWHERE;
        for (MemberIndex child : children) {
            child.reset(json);
        }
    }

    /** Returns the emptied index for the member's value; null where the value is not indexed. */
    @Nullable
    MemberIndex childAt(int nameStart, int nameEnd, int valueStart) {
        if (children.length > 0 && valueStart < json.length && json[valueStart] == '{') {
            for (int i = 0; i < children.length; i++) {
                if (JsonText.equal(json, nameStart, nameEnd, childNames[i])) {
                    children[i].reset(json);
                    return children[i];
                }
            }
        }
        return null;
    }

    /** Returns the index of a member's value, for a document that is being written; null where the value is not indexed. */
    public @Nullable MemberIndex child(String name) {
        for (int i = 0; i < children.length; i++) {
            if (childNames[i].equals(name)) {
                return children[i];
            }
        }
        return null;
    }

    /** Notes where the object begins and ends. */
    public void found(int objectStart, int objectEnd) {
        start = objectStart;
        end = objectEnd;
    }

    /** Tells whether the document has the object at the index's place. Where it has two, the last one counts. */
    public boolean isFound() {
        return start != NOWHERE;
    }

    /** Returns the position of the object's opening brace. */
    public int start() {
        return start;
    }

    /** Returns the position after the object's closing brace. */
    public int end() {
        return end;
    }

    /** @param plain whether the name is ASCII without an escape */
    public void add(int nameStart, int nameEnd, int valueStart, int valueEnd, boolean plain) {
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

    /** Sets the document, for positions that were noted while it was written. */
    public void complete(byte[] document) {
        json = document;
        for (MemberIndex child : children) {
            child.complete(document);
        }
    }

    /** Writes the positions of an object, as {@link #read} reads them. Most of them are one byte away from the one before. */
    public static void write(int start, int end, int[] spans, boolean plainNames, DataOutput out) throws IOException {
        out.writeInt(start);
        out.writeInt(end);
        out.writeBoolean(plainNames);
        out.writeInt(spans.length);
        int last = start;
        for (int position : spans) {
            int step = position - last;
            last = position;
            if (step < LONG_STEP) {
                out.writeByte(step);
            } else {
                out.writeByte(LONG_STEP);
                out.writeInt(step);
            }
        }
    }

    /** Reads positions that were noted in an equal document, instead of a walk over this one. */
    public void read(DataInput in) throws IOException {
        start = in.readInt();
        end = in.readInt();
        plainNames = in.readBoolean();
        length = in.readInt();
        if (length > spans.length) {
            spans = new int[length];
        }
        int last = start;
        for (int i = 0; i < length; i++) {
            int step = in.readUnsignedByte();
            last += step < LONG_STEP ? step : in.readInt();
            spans[i] = last;
        }
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
