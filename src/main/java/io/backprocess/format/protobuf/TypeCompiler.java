package io.backprocess.format.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import io.backprocess.format.UnfitException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes message types of Protobuf's descriptors, each once, though types contain themselves. */
final class TypeCompiler {
    private static final int MAX_NUMBER = (1 << 29) - 1;

    private final Map<Descriptor, MessageType> messages = new HashMap<>();
    private final Map<EnumDescriptor, EnumType> enums = new HashMap<>();
    private final Deque<Descriptor> incomplete = new ArrayDeque<>();

    MessageType compile(Descriptor descriptor) throws UnfitException {
        MessageType type = message(descriptor);
        while (!incomplete.isEmpty()) {
            Descriptor next = incomplete.pop();
            List<FieldType> fields = new ArrayList<>();
            for (FieldDescriptor field : next.getFields()) {
                fields.add(field(field, fields.size()));
            }
            message(next).complete(fields);
        }
        return type;
    }

    private MessageType message(Descriptor descriptor) {
        MessageType known = messages.get(descriptor);
        if (known == null) {
            known = new MessageType(descriptor.getFullName());
            messages.put(descriptor, known);
            incomplete.push(descriptor);
        }
        return known;
    }

    private FieldType field(FieldDescriptor field, int index) throws UnfitException {
        if (field.getNumber() < 1 || field.getNumber() > MAX_NUMBER) {
            throw new UnfitException("field %s has number %d".formatted(field.getFullName(), field.getNumber()));
        }
        FieldKind kind = FieldKind.valueOf(field.getType().name());
        OneofDescriptor oneof = field.getRealContainingOneof();
        return new FieldType(
                field.getContainingType().getFullName(),
                index,
                field.getName(),
                field.getNumber(),
                kind,
                field.isRepeated(),
                field.isMapField(),
                field.isPacked(),
                field.hasPresence(),
                field.isRequired(),
                oneof == null ? -1 : oneof.getIndex(),
                kind.isMessage() ? message(field.getMessageType()) : null,
                kind == FieldKind.ENUM ? symbols(field.getEnumType()) : null);
    }

    private @Nullable EnumType symbols(EnumDescriptor descriptor) throws UnfitException {
        EnumType known = enums.get(descriptor);
        if (known == null) {
            Map<String, Integer> numbers = new LinkedHashMap<>();
            for (EnumValueDescriptor value : descriptor.getValues()) {
                numbers.put(value.getName(), value.getNumber());
            }
            if (numbers.isEmpty()) {
                throw new UnfitException("enum " + descriptor.getFullName() + " has no symbol");
            }
            known = new EnumType(descriptor.getFullName(), descriptor.isClosed(), numbers);
            enums.put(descriptor, known);
        }
        return known;
    }
}
