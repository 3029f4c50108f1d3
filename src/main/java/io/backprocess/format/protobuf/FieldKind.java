package io.backprocess.format.protobuf;

/** The types of fields, and how each lies on the wire. */
enum FieldKind {
    DOUBLE(FieldKind.FIXED_64, "double"),
    FLOAT(FieldKind.FIXED_32, "float"),
    INT64(FieldKind.VARINT, "int64"),
    UINT64(FieldKind.VARINT, "uint64"),
    INT32(FieldKind.VARINT, "int32"),
    FIXED64(FieldKind.FIXED_64, "fixed64"),
    FIXED32(FieldKind.FIXED_32, "fixed32"),
    BOOL(FieldKind.VARINT, "bool"),
    STRING(FieldKind.LENGTH, "string"),
    GROUP(FieldKind.START, "group"),
    MESSAGE(FieldKind.LENGTH, "message"),
    BYTES(FieldKind.LENGTH, "bytes"),
    UINT32(FieldKind.VARINT, "uint32"),
    ENUM(FieldKind.VARINT, "enum"),
    SFIXED32(FieldKind.FIXED_32, "sfixed32"),
    SFIXED64(FieldKind.FIXED_64, "sfixed64"),
    SINT32(FieldKind.VARINT, "sint32"),
    SINT64(FieldKind.VARINT, "sint64");

    static final int VARINT = 0;
    static final int FIXED_64 = 1;
    static final int LENGTH = 2;
    static final int START = 3;
    static final int END = 4;
    static final int FIXED_32 = 5;

    private final int wire;
    private final String text;

    FieldKind(int wire, String text) {
        this.wire = wire;
        this.text = text;
    }

    /** Returns the wire type of one value. */
    int wire() {
        return wire;
    }

    boolean isMessage() {
        return this == MESSAGE || this == GROUP;
    }

    boolean isText() {
        return this == STRING || this == BYTES;
    }

    /** Tells whether a value is a number on the wire, so that several may be packed into one field. */
    boolean isNumber() {
        return wire != LENGTH && wire != START;
    }

    /** Returns the value that the wire's bits stand for; what a type is too small for is cut off, as Protobuf does. */
    long value(long bits) {
        return switch (this) {
            case INT32, ENUM, SFIXED32, FLOAT -> (int) bits;
            case UINT32, FIXED32 -> bits & 0xFFFFFFFFL;
            case SINT32 -> ((int) bits >>> 1) ^ -((int) bits & 1);
            case SINT64 -> (bits >>> 1) ^ -(bits & 1);
            case BOOL -> bits == 0 ? 0 : 1;
            default -> bits;
        };
    }

    /** Returns the bits on the wire of a value. */
    long bits(long value) {
        return switch (this) {
            case SINT32 -> ((int) value << 1 ^ (int) value >> 31) & 0xFFFFFFFFL;
            case SINT64 -> value << 1 ^ value >> 63;
            default -> value;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
