package io.backprocess.format.protobuf;

import java.util.Arrays;

/** Bytes of the wire format that grow. */
final class ByteOut {
    private static final int LONGEST_VARINT = 10;

    private byte[] bytes;
    private int length;

    ByteOut(int expected) {
        bytes = new byte[Math.max(16, expected)];
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
        }
    }

    void put(byte[] from, int start, int end) {
        reserve(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
    }

    void put(byte[] from) {
        put(from, 0, from.length);
    }

    void varint(long value) {
        reserve(LONGEST_VARINT);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    void tag(int tag) {
        varint(tag & 0xFFFFFFFFL);
    }

    void fixed(long value, int size) {
        reserve(size);
        for (int i = 0; i < size; i++) {
            bytes[length++] = (byte) (value >>> (Byte.SIZE * i));
        }
    }

    /** Puts a number's value as its kind lies on the wire. */
    void number(FieldKind kind, long value) {
        switch (kind.wire()) {
            case FieldKind.VARINT -> varint(kind.bits(value));
            case FieldKind.FIXED_64 -> fixed(value, Long.BYTES);
            default -> fixed(value, Integer.BYTES);
        }
    }

    /** Puts a field of its own: the tag, the length or the group's end where its kind has one, and the content. */
    void field(FieldType field, byte[] content) {
        tag(field.tag());
        content(field, content);
    }

    /** Puts what follows a tag. */
    void content(FieldType field, byte[] content) {
        if (field.kind().wire() == FieldKind.LENGTH) {
            varint(content.length);
        }
        put(content);
        if (field.kind() == FieldKind.GROUP) {
            tag(field.number() << 3 | FieldKind.END);
        }
    }

    int length() {
        return length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }
}
