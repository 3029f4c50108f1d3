package io.backprocess.format.protobuf;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Message types that JSON shows in a form of their own. A type with such a name and other fields is a plain message. */
enum WellKnown {
    TIMESTAMP("google.protobuf.Timestamp", "seconds:1:int64", "nanos:2:int32"),
    DURATION("google.protobuf.Duration", "seconds:1:int64", "nanos:2:int32"),
    FIELD_MASK("google.protobuf.FieldMask", "paths:1:string*"),
    ANY("google.protobuf.Any", "type_url:1:string", "value:2:bytes"),
    STRUCT("google.protobuf.Struct", "fields:1:message*"),
    LIST_VALUE("google.protobuf.ListValue", "values:1:message*"),
    VALUE(
            "google.protobuf.Value",
            "null_value:1:enum",
            "number_value:2:double",
            "string_value:3:string",
            "bool_value:4:bool",
            "struct_value:5:message",
            "list_value:6:message"),
    DECIMAL("confluent.type.Decimal", "value:1:bytes", "precision:2:uint32", "scale:3:int32"),
    DOUBLE_VALUE("google.protobuf.DoubleValue", "value:1:double"),
    FLOAT_VALUE("google.protobuf.FloatValue", "value:1:float"),
    INT64_VALUE("google.protobuf.Int64Value", "value:1:int64"),
    UINT64_VALUE("google.protobuf.UInt64Value", "value:1:uint64"),
    INT32_VALUE("google.protobuf.Int32Value", "value:1:int32"),
    UINT32_VALUE("google.protobuf.UInt32Value", "value:1:uint32"),
    BOOL_VALUE("google.protobuf.BoolValue", "value:1:bool"),
    STRING_VALUE("google.protobuf.StringValue", "value:1:string"),
    BYTES_VALUE("google.protobuf.BytesValue", "value:1:bytes");

    private static final Map<String, WellKnown> BY_NAME =
            Stream.of(values()).collect(Collectors.toMap(each -> each.type, Function.identity()));

    private final String type;
    private final String fields;

    WellKnown(String type, String... fields) {
        this.type = type;
        this.fields = String.join(" ", fields);
    }

    static @Nullable WellKnown of(MessageType message) {
        WellKnown known = BY_NAME.get(message.name());
        return known != null && known.fields.equals(shape(message)) ? known : null;
    }

    private static String shape(MessageType message) {
        return message.fields().stream()
                .map(field ->
                        "%s:%d:%s%s".formatted(field.name(), field.number(), field.kind(), field.repeated() ? "*" : ""))
                .collect(Collectors.joining(" "));
    }

    /** Tells whether JSON shows the bare value of the only field. */
    boolean isWrapper() {
        return switch (this) {
            case TIMESTAMP, DURATION, FIELD_MASK, ANY, STRUCT, LIST_VALUE, VALUE, DECIMAL -> false;
            default -> true;
        };
    }
}
