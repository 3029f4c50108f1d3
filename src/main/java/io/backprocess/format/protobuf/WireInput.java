package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonScanner;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Walks over Protobuf's wire format without leaving the part it was given, whatever lengths the bytes claim. */
final class WireInput {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int VARINT_BITS = 70;
    private static final int LONGEST_TAG = 5;

    private final byte[] bytes;
    private final Trail trail;
    /** The ends of groups inside groups by their start, so that no byte is skipped once per level. */
    private final Map<Integer, GroupEnd> groups = new HashMap<>();

    private int at;
    private int end;
    private int valueStart;
    private int valueEnd;

    /** A group ends with a tag, which is not part of its content. */
    private record GroupEnd(int contentEnd, int end) {}

    WireInput(byte[] bytes, Trail trail) {
        this.bytes = bytes;
        this.trail = trail;
    }

    byte[] bytes() {
        return bytes;
    }

    void seek(int start, int limit) {
        at = start;
        end = limit;
    }

    int at() {
        return at;
    }

    boolean isAtEnd() {
        return at == end;
    }

    /** Returns the start of the value that was skipped: of its content, without a length or a group's tags. */
    int valueStart() {
        return valueStart;
    }

    int valueEnd() {
        return valueEnd;
    }

    long varint() throws UnfitException {
        int start = at;
        long result = 0;
        for (int shift = 0; shift < VARINT_BITS; shift += 7) {
            if (at >= end) {
                throw unfit("a varint that ends", end);
            }
            byte next = bytes[at++];
            result |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return result;
            }
        }
        throw unfit("a varint of more than 10 bytes", start);
    }

    long fixed(int size) throws UnfitException {
        if (size > end - at) {
            throw unfit("%d bytes where a number of %d is".formatted(end - at, size), at);
        }
        long result = size == Integer.BYTES ? (int) INT.get(bytes, at) : (long) LONG.get(bytes, at);
        at += size;
        return result;
    }

    /** Returns the bits of a number that is not in text, by its wire type. */
    long bits(int wire) throws UnfitException {
        return switch (wire) {
            case FieldKind.VARINT -> varint();
            case FieldKind.FIXED_64 -> fixed(Long.BYTES);
            default -> fixed(Integer.BYTES);
        };
    }

    /** Returns a tag: the field's number and, in the lowest three bits, the wire type. */
    int tag() throws UnfitException {
        int start = at;
        long tag = varint();
        if (at - start > LONGEST_TAG || tag >>> Integer.SIZE != 0) {
            throw unfit("a tag of more than 32 bits", start);
        }
        if (tag >>> 3 == 0) {
            throw unfit("field number 0", start);
        }
        return (int) tag;
    }

    /** Skips the value behind a tag, and remembers where its content is. */
    void skip(int tag) throws UnfitException {
        valueStart = at;
        switch (tag & 7) {
            case FieldKind.VARINT -> varint();
            case FieldKind.FIXED_64 -> fixed(Long.BYTES);
            case FieldKind.FIXED_32 -> fixed(Integer.BYTES);
            case FieldKind.LENGTH -> {
                long length = varint();
                if (length < 0 || length > end - at) {
                    throw unfit(
                            "length %s where %d bytes are left".formatted(Long.toUnsignedString(length), end - at),
                            valueStart);
                }
                valueStart = at;
                at += (int) length;
            }
            case FieldKind.START -> {
                GroupEnd group = groups.get(at);
                if (group == null) {
                    group = group(tag >>> 3);
                }
                at = group.end();
                valueEnd = group.contentEnd();
                return;
            }
            case FieldKind.END -> throw unfit("the end of group %d, which has no start".formatted(tag >>> 3), at);
            default -> throw unfit("wire type " + (tag & 7), at);
        }
        valueEnd = at;
    }

    /** Finds the end of a group without recursion, and those of all groups inside. */
    private GroupEnd group(int number) throws UnfitException {
        int[] numbers = new int[16];
        int[] starts = new int[16];
        int depth = 0;
        numbers[0] = number;
        starts[0] = at;
        int outerStart = at;
        while (true) {
            int tagStart = at;
            if (isAtEnd()) {
                throw unfit("group %d has no end".formatted(numbers[depth]), at);
            }
            int tag = tag();
            if ((tag & 7) == FieldKind.START) {
                if (++depth >= JsonScanner.MAX_DEPTH) {
                    throw unfit("groups nested deeper than " + JsonScanner.MAX_DEPTH, tagStart);
                }
                if (depth == numbers.length) {
                    numbers = Arrays.copyOf(numbers, 2 * depth);
                    starts = Arrays.copyOf(starts, 2 * depth);
                }
                numbers[depth] = tag >>> 3;
                starts[depth] = at;
            } else if ((tag & 7) == FieldKind.END) {
                if (tag >>> 3 != numbers[depth]) {
                    throw unfit("the end of group %d in group %d".formatted(tag >>> 3, numbers[depth]), tagStart);
                }
                GroupEnd found = new GroupEnd(tagStart, at);
                if (depth == 0) {
                    valueStart = outerStart;
                    return found;
                }
                groups.put(starts[depth--], found);
            } else {
                skip(tag);
            }
        }
    }

    /** Returns a complaint about the bytes at a position. */
    UnfitException unfit(String what, int position) {
        return trail.unfit("%s at byte %d".formatted(what, position));
    }
}
