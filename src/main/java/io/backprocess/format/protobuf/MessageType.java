package io.backprocess.format.protobuf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message type. Types refer to each other, so the fields come after the type; afterwards it does not change. */
final class MessageType {
    private static final int TABLE = 256;

    private final String name;
    private List<FieldType> fields = List.of();
    private final @Nullable FieldType[] lowNumbers = new @Nullable FieldType[TABLE];
    private final Map<Integer, FieldType> highNumbers = new HashMap<>();
    private final Map<String, FieldType> names = new HashMap<>();
    private byte[][] nameLiterals = {};
    private FieldType[] always = {};
    private FieldType[] required = {};
    private boolean oneofs;
    private @Nullable WellKnown wellKnown;

    MessageType(String name) {
        this.name = name;
    }

    void complete(List<FieldType> ofSchema) {
        fields = List.copyOf(ofSchema);
        nameLiterals = fields.stream().map(FieldType::nameLiteral).toArray(byte[][]::new);
        for (FieldType field : fields) {
            if (field.number() < TABLE) {
                lowNumbers[field.number()] = field;
            } else {
                highNumbers.put(field.number(), field);
            }
            names.put(field.name(), field);
            oneofs |= field.oneof() >= 0;
        }
        always = fields.stream().filter(field -> !field.presence()).toArray(FieldType[]::new);
        required = fields.stream().filter(FieldType::required).toArray(FieldType[]::new);
        wellKnown = WellKnown.of(this);
    }

    String name() {
        return name;
    }

    List<FieldType> fields() {
        return fields;
    }

    FieldType field(int index) {
        return fields.get(index);
    }

    @Nullable
    FieldType byNumber(int number) {
        return number < TABLE ? lowNumbers[number] : highNumbers.get(number);
    }

    @Nullable
    FieldType byName(String field) {
        return names.get(field);
    }

    byte[] nameLiteral(FieldType field) {
        return nameLiterals[field.index()];
    }

    /** Returns the fields that have a value in each message: those without presence. */
    FieldType[] always() {
        return always;
    }

    FieldType[] required() {
        return required;
    }

    boolean hasOneofs() {
        return oneofs;
    }

    /** Returns the form that JSON gives to this type; null for a plain message. */
    @Nullable
    WellKnown wellKnown() {
        return wellKnown;
    }
}
