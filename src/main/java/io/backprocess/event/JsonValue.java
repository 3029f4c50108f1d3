package io.backprocess.event;

import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One JSON value where it stands in its document. Nothing is parsed until it is asked for.
 *
 * <p>The accessors give null where the value is of another kind, so that a revision can ask without checking first.
 */
public final class JsonValue {
    private final byte[] json;
    private final int start;
    private final int end;

    static final JsonValue NULL = parse("null");

    JsonValue(byte[] json, int start, int end) {
        this.json = json;
        this.start = start;
        this.end = end;
    }

    /**
     * A value of JSON text, such as {@code [1,2]}: for what an edit cannot set otherwise.
     *
     * @throws IllegalArgumentException when it is no JSON
     */
    public static JsonValue parse(String text) {
        byte[] json = JsonText.encode(text);
        JsonScanner scanner = new JsonScanner();
        scanner.reset(json, json.length);
        try {
            int start = scanner.space(0);
            int end = scanner.value(start);
            scanner.finish(end);
            return new JsonValue(json, start, end);
        } catch (JsonSyntaxException e) {
            throw new IllegalArgumentException(
                    "no JSON: " + e.getMessage() + " of " + text, new MalformedJsonException(e));
        }
    }

    public boolean isNull() {
        return json[start] == 'n';
    }

    public boolean isText() {
        return json[start] == '"';
    }

    /** The number, where it is written as one digit; -1 for everything else. */
    int digit() {
        return end - start == 1 ? json[start] - '0' : -1;
    }

    public boolean isNumber() {
        return json[start] == '-' || (json[start] >= '0' && json[start] <= '9');
    }

    public boolean isBoolean() {
        return json[start] == 't' || json[start] == 'f';
    }

    public boolean isObject() {
        return json[start] == '{';
    }

    public boolean isArray() {
        return json[start] == '[';
    }

    /** Whether this is text that is written with escapes, so that its bytes are not what it means. */
    public boolean isEscaped() {
        return isText() && JsonText.hasEscape(json, start + 1, end - 1);
    }

    /** The text, escapes resolved, or null when this is no text. */
    public @Nullable String text() {
        return isText() ? JsonText.decode(json, start + 1, end - 1) : null;
    }

    /**
     * The number without loss, or null when this is no number.
     *
     * @throws NumberFormatException when its exponent does not fit a BigDecimal ({@code 1e99999999999})
     */
    public @Nullable BigDecimal number() {
        return isNumber() ? new BigDecimal(literal()) : null;
    }

    /** Whether this is a number below zero; needs no BigDecimal. */
    public boolean isNegative() {
        if (json[start] != '-') {
            return false;
        }
        for (int i = start + 1; i < end && json[i] != 'e' && json[i] != 'E'; i++) {
            if (json[i] >= '1' && json[i] <= '9') {
                return true;
            }
        }
        return false;
    }

    /** Whether this is {@code true}, or null when this is neither true nor false. */
    public @Nullable Boolean bool() {
        return isBoolean() ? json[start] == 't' : null;
    }

    /**
     * The point in time, or null when this is no text in the form of ISO 8601 with an offset: {@code 2025-11-15T09:30:00Z},
     * {@code 2025-11-15T18:30:00.250+09:00}. A time without an offset is none: which one is meant only its writer knows.
     */
    public @Nullable Instant instant() {
        String text = text();
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** The object, or null when this is none. */
    public @Nullable JsonObject object() {
        return isObject() ? ScannedObject.index(json, start, end) : null;
    }

    /** The array's elements, or null when this is no array. */
    public @Nullable List<JsonValue> elements() {
        if (!isArray()) {
            return null;
        }
        JsonScanner scanner = new JsonScanner();
        scanner.reset(json, end);
        List<JsonValue> elements = new ArrayList<>();
        try {
            int at = scanner.space(start + 1);
            while (json[at] != ']') {
                int valueEnd = scanner.value(at);
                elements.add(new JsonValue(json, at, valueEnd));
                at = scanner.space(valueEnd);
                at = json[at] == ',' ? scanner.space(at + 1) : at;
            }
        } catch (JsonSyntaxException e) {
            throw new IllegalStateException("an array that was scanned before is malformed now", e);
        }
        return elements;
    }

    /** The JSON text as it stands in the document: {@code 99.990} stays {@code 99.990}. */
    public String literal() {
        return new String(json, start, end - start, StandardCharsets.UTF_8);
    }

    /** The document that this value stands in; together with {@link #start} and {@link #end} for those who must not copy. */
    public byte[] document() {
        return json;
    }

    /** Of the value's first byte. */
    public int start() {
        return start;
    }

    /** After the value's last byte. */
    public int end() {
        return end;
    }

    byte[] bytes() {
        return Arrays.copyOfRange(json, start, end);
    }

    @Override
    public String toString() {
        return literal();
    }
}
