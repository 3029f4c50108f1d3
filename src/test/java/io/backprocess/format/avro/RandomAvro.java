package io.backprocess.format.avro;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.NullUnmarked;

/** Schemas, values and changes of values by seed. */
@NullUnmarked // the null of Avro is null
final class RandomAvro {
    private static final List<String> LONGS = List.of(
            "timestamp-millis",
            "timestamp-micros",
            "timestamp-nanos",
            "local-timestamp-millis",
            "local-timestamp-micros",
            "local-timestamp-nanos",
            "time-micros",
            "no-such-type");

    private final SplittableRandom random;
    private final List<Schema> named = new ArrayList<>();
    private int names;

    RandomAvro(SplittableRandom random) {
        this.random = random;
    }

    Schema record(int depth) {
        Schema record = Schema.createRecord("Record" + names++, null, "com.acme", false);
        named.add(record);
        List<Schema.Field> fields = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            fields.add(new Schema.Field((random.nextInt(9) == 0 ? "größe" : "f") + i, schema(depth - 1)));
        }
        record.setFields(random.nextInt(20) == 0 ? List.of() : fields);
        return record;
    }

    private Schema schema(int depth) {
        return switch (random.nextInt(depth > 0 ? 22 : 14)) {
            case 0 -> Schema.create(Schema.Type.STRING);
            case 1 -> Schema.create(Schema.Type.BYTES);
            case 2 -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
            case 3 -> LogicalTypes.timeMillis().addToSchema(Schema.create(Schema.Type.INT));
            case 4 -> Schema.create(Schema.Type.INT);
            case 5 -> Schema.create(Schema.Type.LONG);
            case 6 -> Schema.create(Schema.Type.FLOAT);
            case 7 -> Schema.create(Schema.Type.DOUBLE);
            case 8 -> Schema.create(random.nextInt(3) == 0 ? Schema.Type.NULL : Schema.Type.BOOLEAN);
            case 9 -> longs();
            case 10 -> Schema.createEnum("Enum" + names++, null, null, List.of("RED", "GREEN", "größer", "BLUE"));
            case 11 -> fixed();
            case 12 -> {
                int precision = 1 + random.nextInt(30);
                yield LogicalTypes.decimal(precision, random.nextInt(precision + 1))
                        .addToSchema(Schema.create(Schema.Type.BYTES));
            }
            case 13 -> LogicalTypes.uuid().addToSchema(Schema.create(Schema.Type.STRING));
            case 14, 15 -> Schema.createArray(schema(depth - 1));
            case 16 -> Schema.createMap(schema(depth - 1));
            case 17, 18 -> record(depth - 1);
            case 19 -> Schema.createUnion(Schema.create(Schema.Type.NULL), named.get(random.nextInt(named.size())));
            default -> union(depth);
        };
    }

    private Schema longs() {
        Schema schema = Schema.create(Schema.Type.LONG);
        schema.addProp("logicalType", LONGS.get(random.nextInt(LONGS.size())));
        return new Schema.Parser().parse(schema.toString());
    }

    private Schema fixed() {
        int kind = random.nextInt(4);
        int size = kind == 0 ? 16 : kind == 1 ? 12 : kind == 2 ? 9 : random.nextInt(4);
        Schema fixed = Schema.createFixed("Fixed" + names++, null, null, size);
        return switch (kind) {
            case 0 -> LogicalTypes.uuid().addToSchema(fixed);
            case 1 -> LogicalTypes.duration().addToSchema(fixed);
            case 2 -> LogicalTypes.decimal(20, 3).addToSchema(fixed);
            default -> fixed;
        };
    }

    private Schema union(int depth) {
        Map<String, Schema> branches = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Schema branch = random.nextInt(4) == 0 ? Schema.create(Schema.Type.NULL) : schema(depth - 1);
            // One text can be a time in two units.
            boolean second = isTime(branch) && branches.values().stream().anyMatch(RandomAvro::isTime);
            if (branch.getType() != Schema.Type.UNION && !second) {
                branches.putIfAbsent(branch.getFullName(), branch);
            }
        }
        return branches.isEmpty()
                ? Schema.create(Schema.Type.STRING)
                : Schema.createUnion(new ArrayList<>(branches.values()));
    }

    private static boolean isTime(Schema schema) {
        return schema.getLogicalType() != null
                && (schema.getType() == Schema.Type.INT || schema.getType() == Schema.Type.LONG);
    }

    Object value(Schema schema, int depth) {
        String logical =
                schema.getLogicalType() == null ? "" : schema.getLogicalType().getName();
        return switch (schema.getType()) {
            case RECORD -> {
                GenericData.Record record = new GenericData.Record(schema);
                schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema(), depth - 1)));
                yield record;
            }
            case ENUM ->
                new GenericData.EnumSymbol(
                        schema,
                        schema.getEnumSymbols()
                                .get(random.nextInt(schema.getEnumSymbols().size())));
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                for (int i = depth > 0 ? random.nextInt(6) : 0; i > 0; i--) {
                    list.add(value(schema.getElementType(), depth - 1));
                }
                yield list;
            }
            case MAP -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = depth > 0 ? random.nextInt(random.nextInt(10) == 0 ? 30 : 5) : 0; i > 0; i--) {
                    map.put(text(), value(schema.getValueType(), depth - 1));
                }
                yield map;
            }
            case UNION -> {
                List<Schema> branches = schema.getTypes();
                boolean ends = depth < 0 && branches.get(0).getType() == Schema.Type.NULL;
                yield value(branches.get(ends ? 0 : random.nextInt(branches.size())), depth - 1);
            }
            case FIXED -> {
                byte[] bytes = new byte[schema.getFixedSize()];
                random.nextBytes(bytes);
                if (logical.equals("decimal")) {
                    byte[] unscaled = unscaled(20);
                    Arrays.fill(bytes, (byte) (unscaled[0] < 0 ? -1 : 0));
                    System.arraycopy(unscaled, 0, bytes, bytes.length - unscaled.length, unscaled.length);
                }
                yield new GenericData.Fixed(schema, bytes);
            }
            case STRING -> logical.equals("uuid") ? new UUID(random.nextLong(), random.nextLong()).toString() : text();
            case BYTES -> {
                byte[] bytes = new byte[random.nextInt(12)];
                random.nextBytes(bytes);
                yield ByteBuffer.wrap(
                        logical.equals("decimal")
                                ? unscaled(((LogicalTypes.Decimal) schema.getLogicalType()).getPrecision())
                                : bytes);
            }
            case INT -> logical.equals("time-millis") ? random.nextInt(90_000_000) : (int) number();
            case LONG -> number();
            case FLOAT -> random.nextBoolean() ? Float.intBitsToFloat(random.nextInt()) : random.nextInt(9999) / 100f;
            case DOUBLE ->
                random.nextBoolean()
                        ? Double.longBitsToDouble(random.nextLong())
                        : random.nextInt(-99_999, 99_999) / 100d;
            case BOOLEAN -> random.nextBoolean();
            case NULL -> null;
        };
    }

    private byte[] unscaled(int precision) {
        BigInteger limit = BigInteger.TEN.pow(1 + random.nextInt(precision));
        return new BigInteger(1, new byte[] {
                    (byte) random.nextInt(), (byte) random.nextInt(), (byte) random.nextInt(), (byte) random.nextInt(),
                    (byte) random.nextInt(), (byte) random.nextInt(), (byte) random.nextInt(), (byte) random.nextInt()
                })
                .mod(limit)
                .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1))
                .toByteArray();
    }

    private long number() {
        return random.nextLong() >> random.nextInt(64);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(8) == 0 ? 40 : 8); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(16)) {
                        case 0 -> random.nextInt(0x20);
                        case 1 -> '"';
                        case 2 -> '\\';
                        case 3 -> 0xE9;
                        case 4 -> 0x20AC;
                        case 5 -> 0x1F600;
                        default -> 'a' + random.nextInt(26);
                    });
        }
        return text.toString();
    }

    /** Returns a copy of a value that is changed somewhere, as a rule. */
    Object changed(Schema schema, Object value, int depth) {
        if (random.nextInt(8) == 0) {
            return value(schema, depth);
        }
        return switch (schema.getType()) {
            case RECORD -> {
                GenericData.Record record = new GenericData.Record(schema);
                int field = random.nextInt(Math.max(1, schema.getFields().size()));
                for (Schema.Field each : schema.getFields()) {
                    Object before = ((IndexedRecord) value).get(each.pos());
                    record.put(each.pos(), each.pos() == field ? changed(each.schema(), before, depth - 1) : before);
                }
                yield record;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>((List<?>) value);
                int at = random.nextInt(list.size() + 1);
                switch (random.nextInt(3)) {
                    case 0 -> list.add(at, value(schema.getElementType(), depth - 1));
                    case 1 ->
                        list.subList(at, Math.min(list.size(), at + random.nextInt(3)))
                                .clear();
                    default -> {
                        if (at < list.size()) {
                            list.set(at, changed(schema.getElementType(), list.get(at), depth - 1));
                        }
                    }
                }
                yield list;
            }
            case MAP -> {
                Map<String, Object> map = new LinkedHashMap<>();
                ((Map<?, ?>) value).forEach((key, each) -> {
                    switch (random.nextInt(6)) {
                        case 0 -> map.put(key.toString(), changed(schema.getValueType(), each, depth - 1));
                        case 1 -> {}
                        default -> map.put(key.toString(), each);
                    }
                });
                if (random.nextBoolean()) {
                    map.put("new", value(schema.getValueType(), depth - 1));
                }
                yield map;
            }
            case UNION -> {
                int branch = GenericData.get().resolveUnion(schema, value);
                yield changed(schema.getTypes().get(branch), value, depth - 1);
            }
            default -> value(schema, depth);
        };
    }

    /** Encodes a value as Avro allows it but its library never does: overlong integers, small blocks with and without sizes. */
    byte[] oddBytes(Schema schema, Object value) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        odd(schema, value, out);
        return out.toByteArray();
    }

    private void odd(Schema schema, Object value, java.io.ByteArrayOutputStream out) {
        switch (schema.getType()) {
            case RECORD ->
                schema.getFields().forEach(field -> odd(field.schema(), ((IndexedRecord) value).get(field.pos()), out));
            case UNION -> {
                int branch = GenericData.get().resolveUnion(schema, value);
                varint(branch, 5, out);
                odd(schema.getTypes().get(branch), value, out);
            }
            case ENUM -> varint(schema.getEnumOrdinal(value.toString()), 5, out);
            case ARRAY ->
                blocks(
                        new ArrayList<Object>((List<?>) value),
                        out,
                        (each, block) -> odd(schema.getElementType(), each, block));
            case MAP ->
                blocks(new ArrayList<Object>(((Map<?, ?>) value).entrySet()), out, (each, block) -> {
                    Map.Entry<?, ?> entry = (Map.Entry<?, ?>) each;
                    odd(Schema.create(Schema.Type.STRING), entry.getKey(), block);
                    odd(schema.getValueType(), entry.getValue(), block);
                });
            case FIXED -> out.writeBytes(((GenericFixed) value).bytes());
            case STRING -> {
                byte[] bytes = value.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
                varint(bytes.length, 10, out);
                out.writeBytes(bytes);
            }
            case BYTES -> {
                ByteBuffer bytes = ((ByteBuffer) value).duplicate();
                varint(bytes.remaining(), 10, out);
                byte[] content = new byte[bytes.remaining()];
                bytes.get(content);
                out.writeBytes(content);
            }
            case INT -> varint((Integer) value, 5, out);
            case LONG -> varint((Long) value, 10, out);
            case FLOAT -> little(Float.floatToRawIntBits((Float) value), 4, out);
            case DOUBLE -> little(Double.doubleToRawLongBits((Double) value), 8, out);
            case BOOLEAN -> out.write((Boolean) value ? 1 : 0);
            case NULL -> {}
        }
    }

    private interface ItemWriter {
        void write(Object item, java.io.ByteArrayOutputStream out);
    }

    private void blocks(List<Object> items, java.io.ByteArrayOutputStream out, ItemWriter writer) {
        for (int from = 0; from < items.size(); ) {
            int to = Math.min(items.size(), from + 1 + random.nextInt(3));
            java.io.ByteArrayOutputStream block = new java.io.ByteArrayOutputStream();
            items.subList(from, to).forEach(item -> writer.write(item, block));
            boolean sized = random.nextBoolean();
            varint(sized ? from - to : to - from, 10, out);
            if (sized) {
                varint(block.size(), 10, out);
            }
            out.writeBytes(block.toByteArray());
            from = to;
        }
        varint(0, 10, out);
    }

    private void varint(long value, int maxLength, java.io.ByteArrayOutputStream out) {
        byte[] bytes = new byte[12];
        int length = Varint.put(value, bytes, 0);
        if (random.nextInt(4) == 0 && length < maxLength) {
            int padded = length + 1 + random.nextInt(maxLength - length);
            for (int i = length - 1; i < padded - 1; i++) {
                bytes[i] |= (byte) 0x80;
            }
            length = padded;
        }
        out.write(bytes, 0, length);
    }

    private static void little(long bits, int size, java.io.ByteArrayOutputStream out) {
        for (int i = 0; i < size; i++) {
            out.write((int) (bits >> (8 * i)));
        }
    }
}
