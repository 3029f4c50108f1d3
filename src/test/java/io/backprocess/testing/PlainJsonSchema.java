package io.backprocess.testing;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a value breaks in a schema, by the few keywords that {@link HostileJsonSchema} uses. It shares nothing with the validator
 * that the codec has, and is written to be read, not to be fast.
 */
final class PlainJsonSchema {
    private static final int MAX_VIOLATIONS = 50_000;
    private static final int MAX_LOOKS = 1_000_000;
    private static final int MAX_DIGITS = 1000;
    /** Between this many levels of a schema that refers to itself and the limit of the validator there are no values. */
    private static final int MAX_REFERENCES = 320;

    private static final ObjectMapper MAPPER = JsonMapper.builder(StrictJson.JACKSON)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    private final JsonNode root;
    private final Map<String, Predicate<String>> patterns;

    /** @param patterns the meaning of each pattern in the schema; it throws {@link TooMuch} for a text that takes too long */
    PlainJsonSchema(String schema, Map<String, Predicate<String>> patterns) {
        this.root = read(PlainJson.utf8(schema));
        this.patterns = patterns;
    }

    /** The validator must give up. */
    static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What Java's matcher finds while it looks at the text no more than a million times. */
    static boolean finds(Pattern pattern, String text) {
        int[] looks = new int[1];
        Matcher matcher = pattern.matcher(new CharSequence() {
            @Override
            public char charAt(int index) {
                if (++looks[0] > MAX_LOOKS) {
                    throw new TooMuch();
                }
                return text.charAt(index);
            }

            @Override
            public int length() {
                return text.length();
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return text.substring(start, end);
            }
        });
        try {
            return matcher.find();
        } catch (StackOverflowError e) {
            throw new TooMuch();
        }
    }

    /** Tells whether the schema takes a result: whether it breaks nothing that its source did not break before. */
    boolean takes(byte[] source, byte[] result) {
        try {
            List<String> broken = violations(result);
            if (broken.isEmpty()) {
                return true;
            }
            List<String> before = violations(source);
            Map<String, Integer> left = new TreeMap<>();
            before.forEach(each -> left.merge(each, 1, Integer::sum));
            return broken.stream().allMatch(each -> left.merge(each, -1, Integer::sum) >= 0);
        } catch (TooMuch e) {
            return false;
        }
    }

    private static JsonNode read(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All but the last of the members of one name are numbers too, so all of them are looked at as they are written. */
    private List<String> violations(byte[] json) {
        if (PlainJson.numbers(json).anyMatch(PlainJsonSchema::isTooLong)) {
            throw new TooMuch();
        }
        List<String> violations = new ArrayList<>();
        check(root, read(json), "", 0, violations);
        if (violations.size() > MAX_VIOLATIONS) {
            throw new TooMuch();
        }
        return violations;
    }

    private static boolean isTooLong(String number) {
        try {
            return Math.abs((long) new BigDecimal(number).scale()) > MAX_DIGITS;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private void check(JsonNode schema, JsonNode value, String path, int references, List<String> violations) {
        if (references > MAX_REFERENCES) {
            throw new TooMuch();
        }
        schema.fields().forEachRemaining(keyword -> {
            JsonNode of = keyword.getValue();
            String here = path + "/" + keyword.getKey();
            switch (keyword.getKey()) {
                case "$ref" -> check(root.at(of.textValue().substring(1)), value, here, references + 1, violations);
                case "properties" ->
                    value.fields().forEachRemaining(member -> {
                        JsonNode sub = of.get(member.getKey());
                        if (sub != null) {
                            check(sub, member.getValue(), here + "/" + member.getKey(), references, violations);
                        }
                    });
                case "items" -> {
                    if (value.isArray()) {
                        value.forEach(item -> check(of, item, here, references, violations));
                    }
                }
                case "required" ->
                    of.forEach(name -> {
                        if (value.isObject() && !value.has(name.textValue())) {
                            violations.add(here + " " + name);
                        }
                    });
                case "additionalProperties" ->
                    value.fieldNames().forEachRemaining(name -> {
                        if (!schema.get("properties").has(name)) {
                            violations.add(here + " " + name);
                        }
                    });
                case "uniqueItems" -> {
                    Set<String> items = new HashSet<>();
                    if (value.isArray()) {
                        value.forEach(item -> {
                            if (!items.add(canonical(item))) {
                                violations.add(here);
                            }
                        });
                    }
                }
                default -> {
                    String broken = broken(keyword.getKey(), of, value);
                    if (broken != null) {
                        violations.add(here + " " + broken + (value.isContainerNode() ? "" : canonical(value)));
                    }
                }
            }
        });
    }

    /** Of a keyword that looks at nothing below the value: null, or what the value has instead. */
    private @Nullable String broken(String keyword, JsonNode of, JsonNode value) {
        boolean broken =
                switch (keyword) {
                    case "type" -> !isOneOf(of, value);
                    case "enum" -> !contains(of, value);
                    case "maxLength" -> value.isTextual() && length(value) > of.intValue();
                    case "pattern" ->
                        value.isTextual() && !pattern(of.textValue()).test(value.textValue());
                    case "minimum" -> value.isNumber() && value.decimalValue().compareTo(of.decimalValue()) < 0;
                    case "maximum" -> value.isNumber() && value.decimalValue().compareTo(of.decimalValue()) > 0;
                    // These say nothing of a value.
                    case "$schema", "definitions", "format", "title" -> false;
                    default -> throw new AssertionError("the keyword " + keyword + " is not known here");
                };
        return broken ? type(value) : null;
    }

    private Predicate<String> pattern(String pattern) {
        return Objects.requireNonNull(patterns.get(pattern), pattern);
    }

    private static int length(JsonNode text) {
        return text.textValue().codePointCount(0, text.textValue().length());
    }

    private static boolean isOneOf(JsonNode types, JsonNode value) {
        String type = type(value);
        Set<String> taken = new HashSet<>();
        (types.isArray() ? types : MAPPER.createArrayNode().add(types)).forEach(each -> taken.add(each.textValue()));
        return taken.contains(type) || (type.equals("integer") && taken.contains("number"));
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> value.decimalValue().stripTrailingZeros().scale() <= 0 ? "integer" : "number";
            default -> value.getNodeType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        for (JsonNode each : values) {
            if (canonical(each).equals(canonical(value))) {
                return true;
            }
        }
        return false;
    }

    /** A text that equal values have, and no others. */
    private static String canonical(JsonNode value) {
        if (value.isNumber()) {
            return value.decimalValue().stripTrailingZeros().toString();
        }
        List<String> parts = new ArrayList<>();
        if (value.isObject()) {
            Map<String, String> members = new TreeMap<>();
            value.fields().forEachRemaining(each -> members.put(each.getKey(), canonical(each.getValue())));
            members.forEach((name, member) -> parts.add(TextNode.valueOf(name) + ":" + member));
            return "{" + String.join(",", parts) + "}";
        }
        if (value.isArray()) {
            value.forEach(each -> parts.add(canonical(each)));
            return "[" + String.join(",", parts) + "]";
        }
        return value.toString();
    }
}
