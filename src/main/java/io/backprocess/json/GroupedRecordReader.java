package io.backprocess.json;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record that groups fields of its JSON object: the fields of a component with {@link JsonUnwrapped} are members of the
 * record's own object. Jackson writes such records, but does not read them before version 2.19. A group ignores the members that
 * belong to the rest of the record. No record may contain itself.
 */
public final class GroupedRecordReader extends StdDeserializer<Record> implements ContextualDeserializer {
    private static final long serialVersionUID = 1;

    /**
     * A component of the record.
     *
     * @param name the member that holds the component; null if its fields are members themselves
     */
    private record Part(@Nullable String name, JsonDeserializer<Object> reader) {}

    private final transient List<Part> parts;
    private final transient @Nullable Constructor<?> constructor;

    /** Creates the reader that Jackson makes of an annotation. It reads nothing until Jackson has told it the type. */
    GroupedRecordReader() {
        super(Record.class);
        parts = List.of();
        constructor = null;
    }

    private GroupedRecordReader(JavaType type, List<Part> parts, Constructor<?> constructor) {
        super(type);
        this.parts = parts;
        this.constructor = constructor;
    }

    @Override
    public JsonDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property)
            throws JsonMappingException {
        JavaType type = context.getContextualType();
        RecordComponent[] components = type.getRawClass().getRecordComponents();
        List<Part> found = new ArrayList<>();
        for (RecordComponent component : components) {
            boolean group = component.getAccessor().isAnnotationPresent(JsonUnwrapped.class);
            found.add(new Part(
                    group ? null : component.getName(),
                    context.findRootValueDeserializer(context.constructType(component.getGenericType()))));
        }
        try {
            Constructor<?> canonical = type.getRawClass()
                    .getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new));
            canonical.setAccessible(true);
            return new GroupedRecordReader(type, found, canonical);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without its constructor: " + type, e);
        }
    }

    @Override
    public @Nullable Record deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (!parser.isExpectedStartObjectToken()) {
            return (Record) context.handleUnexpectedToken(handledType(), parser);
        }
        @Nullable Object[] values = new Object[parts.size()];
        boolean[] there = new boolean[values.length];
        try (TokenBuffer others = context.bufferForInputBuffering(parser)) {
            others.writeStartObject();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                int index = indexOf(name);
                if (index < 0) {
                    others.writeFieldName(name);
                    others.copyCurrentStructure(parser);
                } else {
                    JsonDeserializer<Object> reader = parts.get(index).reader();
                    values[index] = value == JsonToken.VALUE_NULL
                            ? reader.getNullValue(context)
                            : reader.deserialize(parser, context);
                    there[index] = true;
                }
            }
            others.writeEndObject();
            for (int index = 0; index < values.length; index++) {
                Part part = parts.get(index);
                if (part.name() == null) {
                    values[index] = part.reader().deserialize(others.asParserOnFirstToken(), context);
                } else if (!there[index]) {
                    values[index] = part.reader().getAbsentValue(context);
                }
            }
        }
        return create(values, context);
    }

    private int indexOf(String name) {
        for (int index = 0; index < parts.size(); index++) {
            if (name.equals(parts.get(index).name())) {
                return index;
            }
        }
        return -1;
    }

    private @Nullable Record create(@Nullable Object[] values, DeserializationContext context) throws IOException {
        try {
            return (Record) Objects.requireNonNull(constructor).newInstance(values);
        } catch (InvocationTargetException e) {
            return (Record) context.handleInstantiationProblem(handledType(), null, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot create a " + handledType(), e);
        }
    }
}
