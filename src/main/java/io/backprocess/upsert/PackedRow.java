package io.backprocess.upsert;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Packs the plain values of a row into few bytes, because a pass holds millions of rows. */
final class PackedRow {
    private static final int NULL = 0;
    private static final int TEXT = 1;
    private static final int WHOLE = 2;
    private static final int DECIMAL = 3;
    private static final int DOUBLE = 4;
    private static final int TRUE = 5;
    private static final int FALSE = 6;
    private static final int TIME = 7;
    private static final int DATE = 8;

    private PackedRow() {}

    static byte[] pack(@Nullable Object[] values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(values.length * 12);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Object value : values) {
                write(value, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(@Nullable Object value, DataOutputStream out) throws IOException {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof String text) {
            out.writeByte(TEXT);
            write(text.getBytes(StandardCharsets.UTF_8), out);
        } else if (value instanceof BigDecimal number) {
            if (number.scale() == 0 && number.precision() < 19) {
                out.writeByte(WHOLE);
                out.writeLong(number.longValueExact());
            } else {
                out.writeByte(DECIMAL);
                out.writeInt(number.scale());
                write(number.unscaledValue().toByteArray(), out);
            }
        } else if (value instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeDouble(number);
        } else if (value instanceof Boolean flag) {
            out.writeByte(flag ? TRUE : FALSE);
        } else if (value instanceof Instant time) {
            out.writeByte(TIME);
            out.writeLong(time.getEpochSecond());
            out.writeInt(time.getNano());
        } else {
            out.writeByte(DATE);
            out.writeLong(((LocalDate) value).toEpochDay());
        }
    }

    private static void write(byte[] bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static @Nullable Object[] unpack(byte[] packed, int columns) {
        @Nullable Object[] values = new Object[columns];
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            for (int i = 0; i < columns; i++) {
                values[i] = read(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    private static @Nullable Object read(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case NULL -> null;
            case TEXT -> new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
            case WHOLE -> BigDecimal.valueOf(in.readLong());
            case DECIMAL -> {
                int scale = in.readInt();
                yield new BigDecimal(new BigInteger(in.readNBytes(in.readInt())), scale);
            }
            case DOUBLE -> in.readDouble();
            case TRUE -> true;
            case FALSE -> false;
            case TIME -> Instant.ofEpochSecond(in.readLong(), in.readInt());
            case DATE -> LocalDate.ofEpochDay(in.readLong());
            default -> throw new IOException("unknown kind of value: " + kind);
        };
    }
}
