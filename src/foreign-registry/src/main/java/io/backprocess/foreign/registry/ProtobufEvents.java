package io.backprocess.foreign.registry;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.apicurio.registry.resolver.ParsedSchema;
import io.apicurio.registry.resolver.ParsedSchemaImpl;
import io.apicurio.registry.serde.protobuf.ProtobufKafkaSerializer;
import io.apicurio.registry.serde.protobuf.ProtobufSchemaParser;
import io.apicurio.registry.utils.protobuf.schema.ProtobufSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serializer;

/** Random messages of a .proto file: of its first type, or of the one that is named after a # behind the file's name. */
final class ProtobufEvents implements Events {
    private final Values values;
    private final String typeName;
    private final Map<String, ParsedSchema<ProtobufSchema>> references = new HashMap<>();
    private Descriptor type;

    ProtobufEvents(Values values, String typeName) {
        this.values = values;
        this.typeName = typeName;
    }

    @Override
    public String type() {
        return "PROTOBUF";
    }

    @Override
    public String mediaType() {
        return "application/x-protobuf";
    }

    @Override
    public String add(Path file, String text) {
        ProtobufSchema schema = new ProtobufSchemaParser<Message>()
                .parseSchema(text.getBytes(StandardCharsets.UTF_8), references);
        String name = file.getFileName().toString();
        references.put(name, new ParsedSchemaImpl<ProtobufSchema>().setParsedSchema(schema).setReferenceName(name));
        FileDescriptor descriptor = schema.getFileDescriptor();
        type = descriptor.getMessageTypes().get(0);
        if (!typeName.isEmpty() && descriptor.findMessageTypeByName(typeName) != null) {
            type = descriptor.findMessageTypeByName(typeName);
        }
        return name;
    }

    @Override
    public Serializer<?> serializer() {
        return new ProtobufKafkaSerializer<DynamicMessage>();
    }

    @Override
    public Object event(long n) {
        return message(type, n, 0);
    }

    @Override
    public Object userId(Object event) {
        FieldDescriptor user = type.findFieldByName("userId");
        return user == null ? null : ((DynamicMessage) event).getField(user);
    }

    private DynamicMessage message(Descriptor type, long n, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        if (type.getFullName().equals("google.protobuf.Timestamp")) {
            long millis = Values.FIRST_TIME + n;
            return message.setField(type.findFieldByNumber(1), millis / 1000)
                    .setField(type.findFieldByNumber(2), (int) (millis % 1000) * 1_000_000)
                    .build();
        }
        Map<OneofDescriptor, FieldDescriptor> chosen = type.getRealOneofs().stream()
                .collect(Collectors.toMap(one -> one, one -> one.getField(values.upTo(one.getFieldCount()))));
        for (FieldDescriptor field : type.getFields()) {
            if (values.isLeftOut(field.getName())) {
                continue;
            }
            boolean left = field.getRealContainingOneof() != null
                    ? !field.equals(chosen.get(field.getRealContainingOneof()))
                    : field.toProto().getProto3Optional() && values.given(field.getName()) == null && values.upTo(2) == 0;
            if (field.isRepeated()) {
                for (int i = values.size(depth); i > 0; i--) {
                    message.addRepeatedField(field, field.isMapField() ? entry(field, i, n, depth) : value(field, n, depth));
                }
            } else if (!left && !(depth > Values.MAX_DEPTH && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)) {
                message.setField(field, value(field, n, depth));
            }
        }
        return message.build();
    }

    private DynamicMessage entry(FieldDescriptor map, int i, long n, int depth) {
        FieldDescriptor key = map.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = map.getMessageType().findFieldByNumber(2);
        return DynamicMessage.newBuilder(map.getMessageType())
                .setField(key, key.getJavaType() == FieldDescriptor.JavaType.STRING ? "key-" + i : value(key, n, depth))
                .setField(value, value(value, n, depth))
                .build();
    }

    private Object value(FieldDescriptor field, long n, int depth) {
        switch (field.getJavaType()) {
            case BOOLEAN:
                return values.bool(field.getName());
            case INT:
                return values.int32(field.getName());
            case LONG:
                return values.int64(field.getName());
            case FLOAT:
                return values.float32();
            case DOUBLE:
                return values.float64();
            case STRING:
                return values.text(field.getName(), n);
            case BYTE_STRING:
                return ByteString.copyFrom(values.bytes(values.length()));
            case ENUM:
                List<EnumValueDescriptor> symbols = field.getEnumType().getValues();
                return symbols.get(values.upTo(symbols.size()));
            case MESSAGE:
                return message(field.getMessageType(), n, depth + 1);
        }
        throw new IllegalArgumentException(field.toString());
    }
}
