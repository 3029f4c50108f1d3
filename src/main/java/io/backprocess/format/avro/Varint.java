package io.backprocess.format.avro;

/** Avro's zig-zag integers of variable length, in bytes that have been checked. */
final class Varint {
    static final int MAX_LENGTH = 10;

    private Varint() {}

    /** Returns the position after the integer. */
    static int end(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] < 0) {
            at++;
        }
        return at + 1;
    }

    static long value(byte[] bytes, int from) {
        long bits = 0;
        int at = from;
        int shift = 0;
        for (; bytes[at] < 0; at++, shift += 7) {
            bits |= (bytes[at] & 0x7FL) << shift;
        }
        bits |= (long) bytes[at] << shift;
        return (bits >>> 1) ^ -(bits & 1);
    }

    /** Returns the position after the string or bytes whose length stands here. */
    static int endOfBytes(byte[] bytes, int at) {
        byte first = bytes[at];
        return first >= 0 ? at + 1 + (first >>> 1) : end(bytes, at) + (int) value(bytes, at);
    }

    /** Writes the integer and returns the position after it. */
    static int put(long value, byte[] bytes, int from) {
        int at = from;
        long bits = (value << 1) ^ (value >> 63);
        for (; (bits & ~0x7FL) != 0; bits >>>= 7) {
            bytes[at++] = (byte) (bits | 0x80);
        }
        bytes[at++] = (byte) bits;
        return at;
    }
}
