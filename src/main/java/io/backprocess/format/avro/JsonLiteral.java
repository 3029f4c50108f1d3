package io.backprocess.format.avro;

import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A valid JSON value inside a document. */
final class JsonLiteral {
    private static final int SHORT_DIGITS = 18;

    private final byte[] json;
    private final int start;
    private final int end;
    private final boolean exact;

    /** @param exact whether a number must read back as the same number, not as the nearest float or as the text of a time */
    JsonLiteral(byte[] json, int start, int end, boolean exact) {
        this.json = json;
        this.start = start;
        this.end = end;
        this.exact = exact;
    }

    boolean exact() {
        return exact;
    }

    boolean isTrue() {
        return json[start] == 't';
    }

    int kind() {
        return JsonKind.of(json[start]);
    }

    boolean isText() {
        return kind() == JsonKind.TEXT;
    }

    boolean isNumber() {
        return kind() == JsonKind.NUMBER;
    }

    /** Returns the literal as it is written. */
    String raw() {
        return new String(json, start, end - start, StandardCharsets.UTF_8);
    }

    /** Returns the text; null if the value is no text. */
    @Nullable
    String text() {
        return isText() ? JsonText.decode(json, start + 1, end - 1) : null;
    }

    /** Writes the content of a text. */
    void putText(Output out) throws MisfitException {
        if (JsonText.hasEscape(json, start + 1, end - 1)) {
            StringType.putText(JsonText.decode(json, start + 1, end - 1), out);
        } else {
            out.varint(end - start - 2);
            out.bytes(json, start + 1, end - 1);
        }
    }

    /** Returns the number; null if the value is no number, or one with an exponent beyond 2 147 483 647. */
    @Nullable
    BigDecimal number() {
        if (!isNumber()) {
            return null;
        }
        try {
            return new BigDecimal(raw());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Tells whether the literal is so few digits, without a point and an exponent, that they are always a long. */
    boolean isShortNumber() {
        if (end - start > SHORT_DIGITS) {
            return false;
        }
        for (int i = end - 1; i > start; i--) {
            if (json[i] < '0' || json[i] > '9') {
                return false;
            }
        }
        return isNumber() && json[end - 1] != '-';
    }

    long shortNumber() {
        boolean negative = json[start] == '-';
        long number = 0;
        for (int i = negative ? start + 1 : start; i < end; i++) {
            number = 10 * number + json[i] - '0';
        }
        return negative ? -number : number;
    }

    /** Returns the number if it is whole and a long; null otherwise. */
    @Nullable
    Long whole() {
        if (isShortNumber()) {
            return shortNumber();
        }
        BigDecimal number = number();
        try {
            // An exponent does not cost memory here: it is compared before the digits are made.
            return number == null ? null : (Long) number.longValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }
}
