package io.backprocess.event;

import io.backprocess.json.JsonPointer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object. Where a name occurs twice, the last one counts, as in Jackson.
 *
 * <p>{@code text}, {@code number}, {@code bool}, {@code instant}, {@code object} and {@code elements} return null where the
 * member is absent, is null or is of another kind. So a revision requests the kind that it needs, and rejects the event where it
 * gets null. {@link #get} tells these cases apart. {@link #at} reads inside nested values.
 */
public abstract class JsonObject {
    JsonObject() {}

    /** Reads a document that is a JSON object. It returns null where the document is any other value or is not JSON. */
    public static @Nullable JsonObject read(byte[] json) {
        return ScannedObject.scan(json);
    }

    /**
     * Returns the document that contains this object, uncopied. Together with {@link #start} and {@link #end} it serves callers
     * that must not copy.
     */
    public abstract byte[] document();

    /** Returns the position of the opening brace in the document. */
    public abstract int start();

    /** Returns the position after the closing brace in the document. */
    public abstract int end();

    public abstract int size();

    public abstract Set<String> names();

    /** Returns all members by name, in the order in which the names first occur. */
    public abstract Map<String, JsonValue> members();

    /** Returns the member's value, which may be a JSON null. It returns null where the member does not exist. */
    public abstract @Nullable JsonValue get(String name);

    /** Tells whether the member exists and is not null. */
    public abstract boolean has(String name);

    /** Returns the member's text. It returns null where the member is absent or is not text. */
    public @Nullable String text(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.text();
    }

    /**
     * Returns the member's number without loss. It returns null where the member is absent or is not a number.
     *
     * @throws NumberFormatException when the exponent does not fit a BigDecimal ({@code 1e99999999999})
     */
    public @Nullable BigDecimal number(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.number();
    }

    /** Returns the member's truth value. It returns null where the member is absent or is neither true nor false. */
    public @Nullable Boolean bool(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.bool();
    }

    /**
     * Returns the member's point in time. It returns null where the member is not text in the form of {@link JsonValue#instant}.
     */
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
     * Returns the value at a JSON Pointer (RFC 6901) relative to this object: {@code /device/os}, {@code /items/0/price}. It
     * returns null where no such value exists.
     *
     * @throws IllegalArgumentException when the pointer does not start with a slash
     */
    public @Nullable JsonValue at(String pointer) {
        return at(JsonPointer.of(pointer));
    }

    /** Returns the value at a pointer that was parsed before; null where no such value exists. */
    public @Nullable JsonValue at(JsonPointer pointer) {
        JsonValue value = get(pointer.path().get(0));
        for (int depth = 1; depth < pointer.path().size() && value != null; depth++) {
            value = step(value, pointer.path().get(depth));
        }
        return value;
    }

    static @Nullable JsonValue step(JsonValue value, String step) {
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
