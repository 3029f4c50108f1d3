package io.backprocess.foreign.registry;

import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.common.serialization.Serializer;

/** Random records of an Avro schema. */
final class AvroEvents implements Events {
    private final Values values;
    private final Schema.Parser parser = new Schema.Parser();
    private Schema schema;

    AvroEvents(Values values) {
        this.values = values;
    }

    @Override
    public String type() {
        return "AVRO";
    }

    @Override
    public String mediaType() {
        return "application/json";
    }

    @Override
    public String add(Path file, String text) {
        schema = parser.parse(text);
        return schema.getFullName();
    }

    @Override
    public Serializer<?> serializer() {
        return new AvroKafkaSerializer<GenericData.Record>();
    }

    @Override
    public Object event(long n) {
        return value("", schema, n, 0);
    }

    @Override
    public Object userId(Object event) {
        return schema.getField("userId") == null ? null : ((GenericData.Record) event).get("userId");
    }

    private Object value(String name, Schema schema, long n, int depth) {
        switch (schema.getType()) {
            case NULL:
                return null;
            case BOOLEAN:
                return values.bool(name);
            case INT:
                return values.int32(name);
            case LONG:
                return number(name, schema.getLogicalType(), n);
            case FLOAT:
                return values.float32();
            case DOUBLE:
                return values.float64();
            case STRING:
                boolean uuid = values.given(name) == null && logical(schema.getLogicalType()).equals("uuid");
                return uuid ? values.uuid() : values.text(name, n);
            case BYTES:
                return ByteBuffer.wrap(values.bytes(values.length()));
            case FIXED:
                return new GenericData.Fixed(schema, values.bytes(schema.getFixedSize()));
            case ENUM:
                List<String> symbols = schema.getEnumSymbols();
                return new GenericData.EnumSymbol(schema, symbols.get(values.upTo(symbols.size())));
            case ARRAY:
                List<Object> list = new ArrayList<>();
                for (int i = values.size(depth); i > 0; i--) {
                    list.add(value(name, schema.getElementType(), n, depth + 1));
                }
                return list;
            case MAP:
                Map<String, Object> map = new HashMap<>();
                for (int i = values.size(depth); i > 0; i--) {
                    map.put("key-" + i, value(name, schema.getValueType(), n, depth + 1));
                }
                return map;
            case UNION:
                return value(name, branch(name, schema.getTypes(), depth), n, depth);
            case RECORD:
                GenericData.Record record = new GenericData.Record(schema);
                for (Schema.Field field : schema.getFields()) {
                    record.put(field.pos(), value(field.name(), field.schema(), n, depth + 1));
                }
                return record;
        }
        throw new IllegalArgumentException(schema.toString());
    }

    private Schema branch(String name, List<Schema> branches, int depth) {
        for (Schema branch : branches) {
            boolean isNull = branch.getType() == Schema.Type.NULL;
            if (values.given(name) != null
                    ? isNull == values.isLeftOut(name)
                    : isNull && depth > Values.MAX_DEPTH) {
                return branch;
            }
        }
        return branches.get(values.upTo(branches.size()));
    }

    private long number(String name, LogicalType type, long n) {
        if (values.given(name) == null && logical(type).endsWith("timestamp-millis")) {
            return Values.FIRST_TIME + n;
        }
        if (values.given(name) == null && logical(type).endsWith("timestamp-micros")) {
            return (Values.FIRST_TIME + n) * 1000 + 123;
        }
        return values.int64(name);
    }

    private static String logical(LogicalType type) {
        return type == null ? "" : type.getName();
    }
}
