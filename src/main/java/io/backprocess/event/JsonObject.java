package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object. Where a name is given twice, the last one counts, as Jackson has it.
 *
 * <p>{@code text}, {@code number}, {@code bool}, {@code instant}, {@code object} and {@code elements} give null where the member
 * is absent, is null or is of another kind: a revision asks for what it needs and says no where it gets none. {@link #get}
 * tells these cases apart, {@link #at} looks inside.
 */
public abstract class JsonObject {
    JsonObject() {}

    /** A document that is an object; null where it is any other value, or no JSON. */
    public static @Nullable JsonObject read(byte[] json) {
        return ScannedObject.scan(json);
    }

    /** The document that this object stands in; together with {@link #start} and {@link #end} for those who must not copy. */
    public abstract byte[] document();

    /** Of the opening brace. */
    public abstract int start();

    /** After the closing brace. */
    public abstract int end();

    public abstract int size();

    public abstract Set<String> names();

    /** All of it, by name, in the order in which the names come first. */
    public abstract Map<String, JsonValue> members();

    /** The member's value, which may be a JSON null; null where there is no such member. */
    public abstract @Nullable JsonValue get(String name);

    /** Whether the member is there and is not null. */
    public abstract boolean has(String name);

    /** The member's text; null where it is absent or no text. */
    public @Nullable String text(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.text();
    }

    /**
     * The member's number without loss.
     *
     * @throws NumberFormatException when its exponent does not fit a BigDecimal ({@code 1e99999999999})
     */
    public @Nullable BigDecimal number(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.number();
    }

    /** Whether the member is {@code true}. */
    public @Nullable Boolean bool(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.bool();
    }

    /** The member's point in time, where it is text in the form of {@link JsonValue#instant}. */
    public @Nullable Instant instant(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.instant();
    }

    public @Nullable JsonObject object(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.object();
    }

    public @Nullable List<JsonValue> elements(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.elements();
    }

    /**
     * The value that a JSON Pointer (RFC 6901) points to, seen from this object: {@code /device/os}, {@code /items/0/price}; null
     * where there is none.
     *
     * @throws IllegalArgumentException when it does not start with a slash
     */
    public @Nullable JsonValue at(String pointer) {
        return at(JsonPointer.of(pointer));
    }

    /** The same by a pointer that was read before. */
    public @Nullable JsonValue at(JsonPointer pointer) {
        JsonValue value = get(pointer.path().get(0));
        for (int depth = 1; depth < pointer.path().size() && value != null; depth++) {
            value = step(value, pointer.path().get(depth));
        }
        return value;
    }

    private static @Nullable JsonValue step(JsonValue value, String step) {
        JsonObject object = value.object();
        if (object != null) {
            return object.get(step);
        }
        List<JsonValue> elements = value.elements();
        int index = JsonPointer.index(step);
        return elements == null || index == JsonPointer.NOWHERE || index >= elements.size()
                ? null
                : elements.get(index);
    }
}
