package io.backprocess.format.avro;

import io.backprocess.format.JsonBuffer;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.MemberIndex;
import org.jspecify.annotations.Nullable;

/** One walk over a value's bytes that checks them and makes the JSON. Every length is checked before it is used. */
final class ValueReader {
    /** Items without bytes, such as nulls, cost nothing to write and must not cost much to read. */
    static final int MAX_EMPTY_ITEMS = 1_000_000;

    static final int MIN_JSON_LIMIT = 16 << 20;
    static final int JSON_BYTES_PER_BYTE = 64;
    /** An array of bytes takes little more. */
    private static final int LONGEST_JSON = Integer.MAX_VALUE - 64;

    private static final int NO_SIZE = -1;

    final byte[] value;
    final JsonBuffer json;
    int at;
    /** The index of the value that is read next, if that is an object; null where it is not indexed. */
    @Nullable
    MemberIndex members;

    private final int end;
    private final int maxDepth;
    private int depth;
    private int emptyItems;
    private int blockEnd;

    /**
     * @param maxDepth the depth beyond which the walk needs a {@link DeepStack}
     * @param spare bytes that the JSON may be put into; null if there are none
     */
    ValueReader(byte[] value, int from, int expectedNames, int maxDepth, byte @Nullable [] spare) {
        this.maxDepth = maxDepth;
        this.value = value;
        this.at = from;
        this.end = value.length;
        long limit = Math.max(MIN_JSON_LIMIT, (long) JSON_BYTES_PER_BYTE * (end - from));
        long expected = 2L * (end - from) + expectedNames + 64;
        this.json = new JsonBuffer((int) Math.min(expected, LONGEST_JSON), (int) Math.min(limit, LONGEST_JSON), spare);
    }

    void finish() throws MisfitException {
        if (at < end) {
            throw new MisfitException(": the value ends at byte %d of %d".formatted(at, end));
        }
    }

    void enter() throws MisfitException {
        if (++depth > maxDepth) {
            if (maxDepth < JsonScanner.MAX_DEPTH) {
                throw new DeepStack.NeededException();
            }
            throw new MisfitException(": nested deeper than %d at byte %d".formatted(JsonScanner.MAX_DEPTH, at));
        }
    }

    /** Returns the index of the container that is read now; what is inside has none, unless the container says so. */
    @Nullable
    MemberIndex takeMembers() {
        MemberIndex taken = members;
        members = null;
        return taken;
    }

    void leave() {
        depth--;
    }

    int int32(String what) throws MisfitException {
        if (at < end && value[at] >= 0) {
            int bits = value[at++];
            return (bits >>> 1) ^ -(bits & 1);
        }
        int from = at;
        long bits = bits(from, 5, what);
        if (bits >>> 32 != 0) {
            throw new MisfitException(": %s out of range at byte %d".formatted(what, from));
        }
        return (int) (bits >>> 1) ^ -(int) (bits & 1);
    }

    long int64(String what) throws MisfitException {
        if (at < end && value[at] >= 0) {
            long bits = value[at++];
            return (bits >>> 1) ^ -(bits & 1);
        }
        int from = at;
        long bits = bits(from, Varint.MAX_LENGTH, what);
        if (at - from == Varint.MAX_LENGTH && value[at - 1] > 1) {
            throw new MisfitException(": %s out of range at byte %d".formatted(what, from));
        }
        return (bits >>> 1) ^ -(bits & 1);
    }

    private long bits(int from, int maxLength, String what) throws MisfitException {
        long bits = 0;
        for (int i = 0; i < maxLength; i++) {
            if (at >= end) {
                throw ends(what, from);
            }
            byte next = value[at++];
            bits |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return bits;
            }
        }
        throw new MisfitException(": %s of more than %d bytes at byte %d".formatted(what, maxLength, from));
    }

    private MisfitException ends(String what, int from) {
        return new MisfitException(": the value ends at byte %d, inside %s at byte %d".formatted(end, what, from));
    }

    /** Walks over so many bytes and returns the position of the first. */
    int bytes(int size, String what) throws MisfitException {
        int from = at;
        if (size > end - from) {
            throw ends(what, from);
        }
        at = from + size;
        return from;
    }

    /** Puts the text whose bytes end at the cursor. */
    void putText(int start) throws MisfitException {
        int invalid = json.text(value, start, at);
        if (invalid >= 0) {
            throw new MisfitException(": invalid UTF-8 at byte " + invalid);
        }
    }

    /** Walks over bytes and their length, and returns the position of the first; {@code at} is after the last. */
    int bytesWithLength(String what) throws MisfitException {
        int from = at;
        long length = int64(what);
        if (length < 0 || length > end - at) {
            throw new MisfitException(
                    ": %s of %d bytes at byte %d, where %d are left".formatted(what, length, from, end - at));
        }
        int start = at;
        at = start + (int) length;
        return start;
    }

    /**
     * Walks over the head of an array's or a map's block.
     *
     * @param empty whether items have no bytes
     * @return the number of items, 0 at the end of the blocks
     */
    int block(boolean empty) throws MisfitException {
        int from = at;
        long count = int64("a count");
        blockEnd = NO_SIZE;
        if (count < 0) {
            long size = int64("a size");
            if (size < 0 || size > end - at) {
                throw new MisfitException(
                        ": a block of %d bytes at byte %d, where %d are left".formatted(size, from, end - at));
            }
            blockEnd = at + (int) size;
            count = -count;
        }
        int left = (blockEnd == NO_SIZE ? end : blockEnd) - at;
        // The negative of the lowest long is negative still.
        if (count < 0 || count > (empty ? MAX_EMPTY_ITEMS - emptyItems : left)) {
            throw new MisfitException(": a block of %s items at byte %d, where %d bytes are left"
                    .formatted(Long.toUnsignedString(count), from, left));
        }
        if (empty) {
            emptyItems += (int) count;
        }
        return (int) count;
    }

    /** Returns what {@link #leaveBlock} needs to know about the block that {@link #block} has walked into. */
    int blockEnd() {
        return blockEnd;
    }

    void leaveBlock(int expectedEnd) throws MisfitException {
        if (expectedEnd != NO_SIZE && expectedEnd != at) {
            throw new MisfitException(
                    ": a block ends at byte %d by its size and at byte %d by its items".formatted(expectedEnd, at));
        }
    }
}
