package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Takes the form that JSON gives to well-known types apart into the fields of the message. */
final class WellKnownParts {
    private static final Pattern DURATION = Pattern.compile("(-?)(\\d{1,12})(?:\\.(\\d{1,9}))?s");

    private final WireInput in;
    private final Trail trail;

    WellKnownParts(WireInput in, Trail trail) {
        this.in = in;
        this.trail = trail;
    }

    /** Returns the fields as an object. An object for a type that is not shown as one is the plain message. */
    JsonPart fields(WellKnown known, MessageType type, JsonPart json, Occurrences base) throws UnfitException {
        if (known.isWrapper()) {
            return JsonPart.implied(Map.of("value", json));
        }
        return switch (known) {
            case STRUCT -> json.isObject() ? JsonPart.implied(Map.of("fields", json)) : refuse(type, json);
            case LIST_VALUE -> json.isArray() ? JsonPart.implied(Map.of("values", json)) : refuse(type, json);
            case VALUE -> value(json);
            case ANY -> any(type, json);
            case TIMESTAMP -> json.isString() ? timestamp(type, json) : plain(type, json);
            case DURATION -> json.isString() ? duration(type, json) : plain(type, json);
            case FIELD_MASK -> json.isString() ? fieldMask(json) : plain(type, json);
            case DECIMAL -> json.isNumber() ? decimal(type, json, base) : plain(type, json);
            default -> throw new IllegalStateException("no form for " + known);
        };
    }

    private JsonPart plain(MessageType type, JsonPart json) throws UnfitException {
        return json.isObject() ? json : refuse(type, json);
    }

    private JsonPart refuse(MessageType type, JsonPart json) throws UnfitException {
        throw trail.unfit("%s is not a %s".formatted(Trail.shorten(ScalarText.shown(json)), type.name()));
    }

    private static JsonPart value(JsonPart json) {
        if (json.isNull()) {
            return JsonPart.implied(Map.of("null_value", JsonPart.number(0)));
        }
        String member = json.isObject()
                ? "struct_value"
                : json.isArray()
                        ? "list_value"
                        : json.isString() ? "string_value" : json.isNumber() ? "number_value" : "bool_value";
        return JsonPart.implied(Map.of(member, json));
    }

    private JsonPart any(MessageType type, JsonPart json) throws UnfitException {
        if (!json.isObject()) {
            return refuse(type, json);
        }
        Map<String, JsonPart> fields = new LinkedHashMap<>();
        json.members().forEach((name, part) -> fields.put(name.equals("@type") ? "type_url" : name, part));
        return JsonPart.implied(fields);
    }

    private JsonPart timestamp(MessageType type, JsonPart json) throws UnfitException {
        String text = json.string();
        Instant instant;
        try {
            instant = Instant.parse(text);
        } catch (DateTimeException e) {
            return refuse(type, json);
        }
        long seconds = instant.getEpochSecond();
        boolean leapSecond = text.contains(":60");
        if (leapSecond || seconds < WellKnownJson.FIRST_SECOND || seconds > WellKnownJson.LAST_SECOND) {
            return refuse(type, json);
        }
        return seconds(seconds, instant.getNano());
    }

    private JsonPart duration(MessageType type, JsonPart json) throws UnfitException {
        Matcher parts = DURATION.matcher(json.string());
        if (!parts.matches()) {
            return refuse(type, json);
        }
        int sign = parts.group(1).isEmpty() ? 1 : -1;
        long seconds = Long.parseLong(parts.group(2));
        String fraction = parts.group(3) == null ? "" : parts.group(3);
        int nanos = Integer.parseInt(fraction + "0".repeat(9 - fraction.length()));
        if (seconds > WellKnownJson.MAX_DURATION) {
            return refuse(type, json);
        }
        return seconds(sign * seconds, sign * nanos);
    }

    private static JsonPart seconds(long seconds, int nanos) {
        Map<String, JsonPart> fields = new LinkedHashMap<>();
        fields.put("seconds", JsonPart.number(seconds));
        fields.put("nanos", JsonPart.number(nanos));
        return JsonPart.implied(fields);
    }

    private static JsonPart fieldMask(JsonPart json) {
        String text = json.string();
        List<JsonPart> paths = text.isEmpty()
                ? List.of()
                : Stream.of(text.split(",", -1)).map(JsonPart::text).toList();
        return JsonPart.implied(Map.of("paths", JsonPart.array(paths)));
    }

    /** Keeps the scale of the base where it holds the number exactly, and its precision where the digits fit. */
    private JsonPart decimal(MessageType type, JsonPart json, Occurrences base) throws UnfitException {
        BigDecimal number;
        try {
            number = new BigDecimal(json.raw());
        } catch (NumberFormatException e) {
            return refuse(type, json);
        }
        boolean isNew = base.count() == 0 || base.type().wellKnown() != WellKnown.DECIMAL;
        long baseScale = isNew ? number.scale() : WellKnownJson.number(in, base, 2);
        if (Math.abs((long) number.scale()) > WellKnownJson.MAX_DIGITS
                || number.precision() > WellKnownJson.MAX_DIGITS) {
            return refuse(type, json);
        }
        if (Math.abs(baseScale) <= WellKnownJson.MAX_DIGITS
                && number.stripTrailingZeros().scale() <= baseScale) {
            number = number.setScale((int) baseScale);
        }
        BigInteger unscaled = number.unscaledValue();
        long precision = isNew ? number.precision() : WellKnownJson.number(in, base, 1);
        Map<String, JsonPart> fields = new LinkedHashMap<>();
        fields.put("value", JsonPart.text(Base64.getEncoder().encodeToString(unscaled.toByteArray())));
        fields.put("precision", JsonPart.number(precision == 0 ? 0 : Math.max(precision, number.precision())));
        fields.put("scale", JsonPart.number(number.scale()));
        return JsonPart.implied(fields);
    }
}
