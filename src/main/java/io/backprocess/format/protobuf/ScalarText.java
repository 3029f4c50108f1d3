package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Reads the values of single fields from JSON. Integers are never rounded. */
final class ScalarText {
    private static final int MOST_DIGITS = 25;
    private static final BigInteger MAX_UINT64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final BigInteger MAX_UINT32 = BigInteger.ONE.shiftLeft(32).subtract(BigInteger.ONE);

    private ScalarText() {}

    /** Returns the bytes of a string or of bytes. */
    static byte[] text(FieldType field, JsonPart json, Trail trail) throws UnfitException {
        if (!json.isString()) {
            throw refused(field, json, trail);
        }
        String text = json.string();
        if (field.kind() == FieldKind.BYTES) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw trail.unfit(field.refusal(json.raw()) + ": it is not Base64");
            }
        }
        if (JsonText.hasLoneSurrogate(text)) {
            throw trail.unfit(field.refusal(json.raw()) + ": it has half of a surrogate pair");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the value of a number, boolean or enum. */
    static long number(FieldType field, JsonPart json, Trail trail) throws UnfitException {
        return switch (field.kind()) {
            case BOOL -> {
                if (!json.isBoolean()) {
                    throw refused(field, json, trail);
                }
                yield json.isTrue() ? 1 : 0;
            }
            case ENUM -> symbol(field, json, trail);
            case DOUBLE -> Double.doubleToRawLongBits(real(field, json, trail));
            case FLOAT -> Float.floatToRawIntBits(realFloat(field, json, trail));
            default -> {
                if (!json.isNumber()) {
                    throw refused(field, json, trail);
                }
                yield integer(field, json.raw(), trail);
            }
        };
    }

    private static long symbol(FieldType field, JsonPart json, Trail trail) throws UnfitException {
        if (json.isNumber()) {
            return integer(field, json.raw(), trail);
        }
        Integer number = json.isString() ? field.enumType().number(json.string()) : null;
        if (number == null) {
            throw trail.unfit("%s; it has %s"
                    .formatted(field.refusal(json.raw()), field.enumType().shown()));
        }
        return number;
    }

    private static double real(FieldType field, JsonPart json, Trail trail) throws UnfitException {
        double number = json.isString() ? notFinite(field, json, trail) : 0;
        if (json.isNumber()) {
            number = Double.parseDouble(json.raw());
            if (Double.isInfinite(number)) {
                throw trail.unfit(field.refusal(json.raw()) + ": it is too large");
            }
        } else if (!json.isString()) {
            throw refused(field, json, trail);
        }
        return number;
    }

    private static float realFloat(FieldType field, JsonPart json, Trail trail) throws UnfitException {
        if (!json.isNumber()) {
            return (float) real(field, json, trail);
        }
        float number = Float.parseFloat(json.raw());
        if (Float.isInfinite(number)) {
            throw trail.unfit(field.refusal(json.raw()) + ": it is too large");
        }
        return number;
    }

    private static double notFinite(FieldType field, JsonPart json, Trail trail) throws UnfitException {
        return switch (json.string()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw refused(field, json, trail);
        };
    }

    /** Returns an integer that the field's kind holds; for 64 bits without a sign, the same bits. */
    static long integer(FieldType field, String text, Trail trail) throws UnfitException {
        BigDecimal number;
        try {
            number = new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw trail.unfit(field.refusal(text));
        }
        if (number.signum() == 0) {
            return 0;
        }
        BigDecimal stripped = number.stripTrailingZeros();
        boolean whole = stripped.scale() <= 0;
        if (!whole || (long) stripped.precision() - stripped.scale() > MOST_DIGITS) {
            throw trail.unfit(field.refusal(text) + (whole ? ": it is out of range" : ""));
        }
        BigInteger integer = stripped.toBigIntegerExact();
        boolean fits =
                switch (field.kind()) {
                    case UINT64, FIXED64 -> integer.signum() >= 0 && integer.compareTo(MAX_UINT64) <= 0;
                    case UINT32, FIXED32 -> integer.signum() >= 0 && integer.compareTo(MAX_UINT32) <= 0;
                    case INT64, SINT64, SFIXED64 -> integer.bitLength() < Long.SIZE;
                    default -> integer.bitLength() < Integer.SIZE;
                };
        if (!fits) {
            throw trail.unfit(field.refusal(text) + ": it is out of range");
        }
        return integer.longValue();
    }

    static UnfitException refused(FieldType field, JsonPart json, Trail trail) {
        return trail.unfit(field.refusal(shown(json)));
    }

    static String shown(JsonPart json) {
        return json.isObject() ? "an object" : json.isArray() ? "an array" : json.raw();
    }
}
