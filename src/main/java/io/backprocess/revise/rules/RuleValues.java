package io.backprocess.revise.rules;

import dev.cel.common.values.NullValue;
import io.backprocess.event.Edit;
import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Converts between JSON and CEL values. Nested values are converted on access only, and a value that is only copied keeps its
 * bytes.
 */
final class RuleValues {
    private RuleValues() {}

    /** Returns the CEL value for a value of an event. */
    static Object of(JsonValue json) {
        String text = json.text();
        if (text != null) {
            return text;
        }
        if (json.isNumber()) {
            return new Decimal(json);
        }
        JsonObject object = json.object();
        if (object != null) {
            return new ObjectView(json, object::get, object::names);
        }
        List<JsonValue> elements = json.elements();
        if (elements != null) {
            return new ArrayView(json, elements);
        }
        Boolean bool = json.bool();
        return bool == null ? NullValue.NULL_VALUE : bool;
    }

    /** Returns the payload that an edit will make. */
    static Map<String, Object> payload(Edit edit) {
        return new ObjectView(null, edit::get, edit::names);
    }

    /** Returns the attributes that an edit will leave. */
    static Map<String, Object> attributes(Edit edit) {
        return new ObjectView(
                null, name -> edit.event().attributes().contains(name) ? edit.attribute(name) : null, () -> {
                    Set<String> names = new TreeSet<>(edit.event().attributes());
                    names.removeIf(name -> edit.attribute(name) == null);
                    return names;
                });
    }

    static Map<String, Object> of(JsonObject object) {
        return new ObjectView(null, object::get, object::names);
    }

    /** Tells whether two values are equal as JSON. Numbers compare by value, whatever their CEL types are. */
    static boolean equal(Object one, Object other) {
        Decimal number = Decimal.of(one);
        if (number != null) {
            Decimal second = Decimal.of(other);
            return second != null && number.compareTo(second) == 0;
        }
        if (one instanceof List<?> list && other instanceof List<?> second) {
            if (list.size() != second.size()) {
                return false;
            }
            Iterator<?> elements = second.iterator();
            return list.stream().allMatch(element -> equal(element, elements.next()));
        }
        if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> second) {
            return map.size() == second.size()
                    && map.entrySet().stream()
                            .allMatch(member -> second.containsKey(member.getKey())
                                    && equal(member.getValue(), Objects.requireNonNull(second.get(member.getKey()))));
        }
        return one.equals(other);
    }

    /**
     * Returns the value as JSON. A value that is only copied keeps its text from its document.
     *
     * @throws IllegalArgumentException when JSON cannot represent the value
     */
    static JsonValue value(Object value) {
        JsonValue source = value instanceof DocumentView view ? view.source() : null;
        return source == null ? JsonValue.parse(json(value)) : source;
    }

    /**
     * Returns the value as JSON text.
     *
     * @throws IllegalArgumentException when JSON cannot represent the value
     */
    static String json(Object value) {
        JsonValue source = value instanceof DocumentView view ? view.source() : null;
        if (source != null) {
            return source.literal();
        }
        if (value instanceof String text) {
            return new String(JsonText.quote(text), StandardCharsets.UTF_8);
        }
        if (value instanceof Boolean || value instanceof Decimal) {
            return value.toString();
        }
        if (value == NullValue.NULL_VALUE) {
            return "null";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(RuleValues::json).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(member -> json(String.valueOf(member.getKey())) + ":" + json(member.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof Instant || value instanceof Duration) {
            return json(value.toString());
        }
        Decimal number = Decimal.of(value);
        if (number == null) {
            throw new IllegalArgumentException("%s is no JSON".formatted(value));
        }
        return number.text();
    }

    /** A value that has a place in a document. */
    interface DocumentView {
        @Nullable
        JsonValue source();
    }

    private static final class ObjectView extends AbstractMap<String, Object> implements DocumentView {
        private final @Nullable JsonValue source;
        private final Function<String, @Nullable JsonValue> members;
        private final Supplier<Set<String>> names;

        ObjectView(
                @Nullable JsonValue source,
                Function<String, @Nullable JsonValue> members,
                Supplier<Set<String>> names) {
            this.source = source;
            this.members = members;
            this.names = names;
        }

        @Override
        public @Nullable JsonValue source() {
            return source;
        }

        @Override
        public boolean containsKey(@Nullable Object name) {
            return name instanceof String text && members.apply(text) != null;
        }

        @Override
        public @Nullable Object get(@Nullable Object name) {
            JsonValue value = name instanceof String text ? members.apply(text) : null;
            return value == null ? null : of(value);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            Map<String, Object> all = new LinkedHashMap<>();
            for (String name : names.get()) {
                all.put(name, Objects.requireNonNull(get(name)));
            }
            return all.entrySet();
        }
    }

    private static final class ArrayView extends AbstractList<Object> implements DocumentView {
        private final JsonValue source;
        private final List<JsonValue> elements;

        ArrayView(JsonValue source, List<JsonValue> elements) {
            this.source = source;
            this.elements = elements;
        }

        @Override
        public JsonValue source() {
            return source;
        }

        @Override
        public Object get(int index) {
            return of(elements.get(index));
        }

        @Override
        public int size() {
            return elements.size();
        }
    }
}
