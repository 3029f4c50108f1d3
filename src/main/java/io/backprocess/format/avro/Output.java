package io.backprocess.format.avro;

import java.util.Arrays;

/**
 * The bytes of a changed value: parts of the base, and parts that are new. Neighbouring parts of the base are copied in one go,
 * when something else follows.
 */
final class Output {
    /** More than Kafka can be made to take, and little enough for the heap. */
    private static final int MAX_LENGTH = 256 << 20;

    private final byte[] base;
    private byte[] bytes;
    private int length;
    /** The part of the base that is not copied yet; empty where the two are equal. */
    private int runStart;

    private int runEnd;

    Output(byte[] base, int expected) {
        this.base = base;
        this.bytes = new byte[expected];
    }

    /** Appends a part of the base. */
    void copy(int from, int to) throws MisfitException {
        if (from != runEnd || runStart == runEnd) {
            flush();
            runStart = from;
        }
        runEnd = to;
    }

    private void flush() throws MisfitException {
        int size = runEnd - runStart;
        if (size > 0) {
            reserve(size);
            System.arraycopy(base, runStart, bytes, length, size);
            length += size;
            runStart = runEnd;
        }
    }

    private void reserve(int more) throws MisfitException {
        if (bytes.length - length < more) {
            if (more > MAX_LENGTH - length) {
                throw new MisfitException(": the encoded value is longer than %d bytes".formatted(MAX_LENGTH));
            }
            bytes = Arrays.copyOf(bytes, Math.max(length + more, Math.min(MAX_LENGTH, 2 * bytes.length)));
        }
    }

    void put(int value) throws MisfitException {
        flush();
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void varint(long value) throws MisfitException {
        flush();
        reserve(Varint.MAX_LENGTH);
        length = Varint.put(value, bytes, length);
    }

    void littleEndian(long value, int size) throws MisfitException {
        flush();
        reserve(size);
        for (int i = 0; i < size; i++) {
            bytes[length++] = (byte) (value >> (8 * i));
        }
    }

    void bytes(byte[] from, int start, int end) throws MisfitException {
        flush();
        reserve(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
    }

    /** Returns the length so far, for {@link #rollBack} or {@link #insert}. */
    int mark() throws MisfitException {
        flush();
        return length;
    }

    /** Removes what was appended since the mark was taken. */
    void rollBack(int mark) {
        length = mark;
        runStart = 0;
        runEnd = 0;
    }

    /** Inserts bytes before those that were appended since the mark was taken. */
    void insert(int mark, byte[] from, int start, int end) throws MisfitException {
        flush();
        int size = end - start;
        reserve(size);
        System.arraycopy(bytes, mark, bytes, mark + size, length - mark);
        System.arraycopy(from, start, bytes, mark, size);
        length += size;
    }

    byte[] toBytes() throws MisfitException {
        flush();
        return Arrays.copyOf(bytes, length);
    }
}
