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
 * One JSON value at its place in its document. It is parsed only on demand.
 *
 * <p>The accessors return null where the value is of another kind, so that a revision can call them without checking first.
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
     * Parses JSON text such as {@code [1,2]}, for values that an edit has no other method for.
     *
     * @throws IllegalArgumentException when the text is not JSON
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

    /** Returns the number where it is written as one digit. For any other value the result is not a digit from 0 to 9. */
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

    /** Tells whether this is text with escapes, so that its bytes differ from its meaning. */
    public boolean isEscaped() {
        return isText() && JsonText.hasEscape(json, start + 1, end - 1);
    }

    /** Returns the text with escapes resolved; null when this is not text. */
    public @Nullable String text() {
        return isText() ? JsonText.decode(json, start + 1, end - 1) : null;
    }

    /**
     * Returns the number without loss; null when this is not a number.
     *
     * @throws NumberFormatException when the exponent does not fit a BigDecimal ({@code 1e99999999999})
     */
    public @Nullable BigDecimal number() {
        return isNumber() ? new BigDecimal(literal()) : null;
    }

    /** Tells whether this is a number below zero. It creates no BigDecimal. */
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

    /** Returns the truth value; null when this is neither true nor false. */
    public @Nullable Boolean bool() {
        return isBoolean() ? json[start] == 't' : null;
    }

    /**
     * Returns the point in time; null when this is not text in the form of ISO 8601 with an offset: {@code 2025-11-15T09:30:00Z},
     * {@code 2025-11-15T18:30:00.250+09:00}. Text without an offset gives null, because only its writer knows which time zone it
     * means.
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

    /** Returns the object; null when this is not an object. */
    public @Nullable JsonObject object() {
        return isObject() ? ScannedObject.index(json, start, end) : null;
    }

    /** Returns the array's elements; null when this is not an array. */
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
            throw new IllegalStateException("an array that was scanned successfully before is malformed now", e);
        }
        return elements;
    }

    /** Returns the JSON text as written in the document: {@code 99.990} stays {@code 99.990}. */
    public String literal() {
        return new String(json, start, end - start, StandardCharsets.UTF_8);
    }

    /**
     * Returns the document that contains this value, uncopied. Together with {@link #start} and {@link #end} it serves callers
     * that must not copy.
     */
    public byte[] document() {
        return json;
    }

    /** Returns the position of the value's first byte in the document. */
    public int start() {
        return start;
    }

    /** Returns the position after the value's last byte in the document. */
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
