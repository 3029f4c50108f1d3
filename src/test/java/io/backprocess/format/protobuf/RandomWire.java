package io.backprocess.format.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Random;

/** Writes random messages as no usual writer would: fields out of order and twice, long varints, packed and not, unknown ones. */
final class RandomWire {
    private static final int MOST_FIELDS = 6;

    private final Random random;

    RandomWire(Random random) {
        this.random = random;
    }

    byte[] message(Descriptor type, int depth) {
        ByteOut out = new ByteOut(64);
        for (int i = random.nextInt(MOST_FIELDS); i > 0; i--) {
            if (random.nextInt(5) == 0) {
                unknown(out);
            } else {
                FieldDescriptor field =
                        type.getFields().get(random.nextInt(type.getFields().size()));
                if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || depth > 0) {
                    field(out, field, depth);
                }
            }
        }
        return out.toBytes();
    }

    private void unknown(ByteOut out) {
        int number = 1000 + random.nextInt(3);
        switch (random.nextInt(4)) {
            case 0 -> {
                varint(out, number << 3);
                varint(out, random.nextLong());
            }
            case 1 -> {
                varint(out, number << 3 | FieldKind.FIXED_32);
                out.fixed(random.nextInt(), 4);
            }
            case 2 -> {
                varint(out, number << 3 | FieldKind.START);
                unknown(out);
                varint(out, number << 3 | FieldKind.END);
            }
            default -> length(out, number, new byte[random.nextInt(4)]);
        }
    }

    private void field(ByteOut out, FieldDescriptor field, int depth) {
        FieldKind kind = FieldKind.valueOf(field.getType().name());
        if (kind == FieldKind.GROUP) {
            varint(out, field.getNumber() << 3 | FieldKind.START);
            out.put(message(field.getMessageType(), depth - 1));
            varint(out, field.getNumber() << 3 | FieldKind.END);
        } else if (kind == FieldKind.MESSAGE) {
            length(out, field.getNumber(), message(field.getMessageType(), depth - 1));
        } else if (kind.isText()) {
            length(
                    out,
                    field.getNumber(),
                    random.nextBoolean() ? new byte[0] : new byte[] {'a', (byte) ('a' + random.nextInt(3))});
        } else if (field.isRepeated() && random.nextBoolean()) {
            ByteOut packed = new ByteOut(16);
            for (int i = random.nextInt(4); i > 0; i--) {
                number(packed, kind);
            }
            length(out, field.getNumber(), packed.toBytes());
        } else {
            varint(out, field.getNumber() << 3 | kind.wire());
            number(out, kind);
        }
    }

    private void number(ByteOut out, FieldKind kind) {
        long bits = random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(4);
        switch (kind.wire()) {
            case FieldKind.VARINT -> varint(out, kind == FieldKind.ENUM ? random.nextInt(3) : bits);
            case FieldKind.FIXED_64 -> out.fixed(bits, 8);
            default -> out.fixed(bits, 4);
        }
    }

    private void length(ByteOut out, int number, byte[] content) {
        varint(out, number << 3 | FieldKind.LENGTH);
        varint(out, content.length);
        out.put(content);
    }

    /** Writes a varint, sometimes with more bytes than it needs. */
    private void varint(ByteOut out, long value) {
        if (value >= 0 && value < 1 << 20 && random.nextInt(8) == 0) {
            out.put(new byte[] {(byte) (value | 0x80), (byte) (value >>> 7 | 0x80), (byte) (value >>> 14 | 0x80), 0});
        } else {
            out.varint(value);
        }
    }

    /** Returns the bytes with some of them changed, removed or doubled. */
    byte[] mutated(byte[] bytes) {
        byte[] result = bytes.clone();
        for (int i = random.nextInt(3); i >= 0 && result.length > 0; i--) {
            int at = random.nextInt(result.length);
            switch (random.nextInt(4)) {
                case 0 -> result = java.util.Arrays.copyOf(result, at);
                case 1 -> result[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> result[at] = (byte) random.nextInt();
                default -> {
                    byte[] longer = java.util.Arrays.copyOf(result, result.length + 1);
                    System.arraycopy(result, at, longer, at + 1, result.length - at);
                    result = longer;
                }
            }
        }
        return result;
    }
}
