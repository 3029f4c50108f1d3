package io.backprocess.foreign.registry;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/**
 * Random values of a schema. The same seed gives the same values. A text that is called a time is an instant, an {@code eventId} is
 * unique, and the fields that are named on the command line have the value given there.
 */
final class Values {
    static final long FIRST_TIME = Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();
    private static final int MAX_DEPTH = 5;

    private final Map<String, String> fixed;
    private final long seed;
    private final SplittableRandom random;

    Values(long seed, Map<String, String> fixed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.fixed = fixed;
    }

    GenericData.Record event(Schema schema, long n) {
        return (GenericData.Record) value("", schema, n, 0);
    }

    private Object value(String name, Schema schema, long n, int depth) {
        String given = fixed.get(name);
        switch (schema.getType()) {
            case NULL:
                return null;
            case BOOLEAN:
                return given != null ? Boolean.parseBoolean(given) : random.nextBoolean();
            case INT:
                return given != null ? Integer.parseInt(given) : (int) random.nextLong(-1000, 100_000);
            case LONG:
                return given != null ? Long.parseLong(given) : number(schema.getLogicalType(), n);
            case FLOAT:
                return random.nextInt(10_000) / 4f;
            case DOUBLE:
                return random.nextInt(1_000_000) / 8d;
            case STRING:
                return given != null ? given : text(name, schema.getLogicalType(), n);
            case BYTES:
                return ByteBuffer.wrap(bytes(1 + random.nextInt(8)));
            case FIXED:
                return new GenericData.Fixed(schema, bytes(schema.getFixedSize()));
            case ENUM:
                return new GenericData.EnumSymbol(
                        schema, schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size())));
            case ARRAY:
                List<Object> list = new ArrayList<>();
                for (int i = size(depth); i > 0; i--) {
                    list.add(value(name, schema.getElementType(), n, depth + 1));
                }
                return list;
            case MAP:
                Map<String, Object> map = new HashMap<>();
                for (int i = size(depth); i > 0; i--) {
                    map.put("key-" + i, value(name, schema.getValueType(), n, depth + 1));
                }
                return map;
            case UNION:
                return value(name, branch(schema.getTypes(), given, depth), n, depth);
            case RECORD:
                GenericData.Record record = new GenericData.Record(schema);
                for (Schema.Field field : schema.getFields()) {
                    record.put(field.pos(), value(field.name(), field.schema(), n, depth + 1));
                }
                return record;
        }
        throw new IllegalArgumentException(schema.toString());
    }

    private Schema branch(List<Schema> branches, String given, int depth) {
        for (Schema branch : branches) {
            boolean isNull = branch.getType() == Schema.Type.NULL;
            if (given != null ? !isNull : isNull && depth > MAX_DEPTH) {
                return branch;
            }
        }
        return branches.get(random.nextInt(branches.size()));
    }

    private int size(int depth) {
        return depth > MAX_DEPTH ? 0 : random.nextInt(4);
    }

    private long number(LogicalType type, long n) {
        String logical = type == null ? "" : type.getName();
        if (logical.endsWith("timestamp-millis")) {
            return FIRST_TIME + n;
        }
        if (logical.endsWith("timestamp-micros")) {
            return (FIRST_TIME + n) * 1000 + 123;
        }
        return random.nextLong(-1_000_000, 1L << 40);
    }

    private String text(String name, LogicalType type, long n) {
        if (type != null && type.getName().equals("uuid")) {
            return new UUID(random.nextLong(), random.nextLong()).toString();
        }
        if (name.equals("eventId")) {
            return seed + "-" + n;
        }
        if (name.toLowerCase().endsWith("time") || name.toLowerCase().endsWith("timestamp")) {
            return Instant.ofEpochMilli(FIRST_TIME + n).toString();
        }
        return name + "-" + random.nextInt(1000) + (random.nextInt(10) == 0 ? " \u00e4\u20ac\uD83D\uDE00" : "");
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
