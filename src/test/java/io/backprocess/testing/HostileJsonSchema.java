package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.format.Codec;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.format.jsonschema.JsonSchemaCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Purchases in JSON, which keep to a JSON Schema, break it, or break it once they are changed. */
public final class HostileJsonSchema implements HostileSchema {
    private static final String DOUBLING = "^(a+)+$";
    /** RE2 does not know references to groups, and Java's matcher takes exponential time for them. */
    private static final String LOOKING_BACK = "^(?:(a|aa)+\\1b|a{0,9}$)";

    /** There is no subscription B, and an amount has a maximum: a change may break the schema. */
    public static final String SCHEMA = """
            {"title": "Event",
             "type": "object",
             "properties": {
               "eventId": {"type": "string", "maxLength": 40},
               "correlationId": {"type": ["string", "null"], "maxLength": 60},
               "eventTimestamp": {"type": ["integer", "string"], "format": "date-time"},
               "processVersion": {"type": "integer"},
               "payload": {"$ref": "#/definitions/purchase"},
               "tags": {"type": "array", "uniqueItems": true, "items": {"type": "string", "format": "email"}}
             },
             "required": ["eventId", "payload", "tags"],
             "additionalProperties": false,
             "definitions": {
               "amount": {"type": "number", "minimum": -1, "maximum": 100000},
               "item": {"type": "object", "properties": {"amount": {"$ref": "#/definitions/amount"}}},
               "purchase": {
                 "type": "object",
                 "properties": {
                   "actionType": {"enum": ["Purchased", "SubscriptionAPurchased", 1, null, ["x"], {"y": 1.0}]},
                   "itemSku": {"type": ["string", "null"], "maxLength": 20},
                   "amount": {"$ref": "#/definitions/amount"},
                   "items": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/definitions/item"}},
                   "note": {"type": "string", "pattern": "^(a+)+$"},
                   "next": {"$ref": "#/definitions/purchase"}
                 },
                 "required": ["actionType", "amount"]
               }
             }}""";
    /** A schema of another draft: the eventIds of pieces are too long, {@code items} must stay, and the pattern is not RE2's. */
    public static final String SECOND = SCHEMA.replaceFirst(
                    "\\{", "{\"\\$schema\": \"https://json-schema.org/draft/2020-12/schema\",")
            .replace("\"maxLength\": 40", "\"maxLength\": 30")
            .replace("\"required\": [\"actionType\"", "\"required\": [\"items\"")
            .replace("\"Purchased\", \"SubscriptionAPurchased\"", "\"Purchased\", \"SubscriptionBPurchased\"")
            .replace(DOUBLING, LOOKING_BACK.replace("\\", "\\\\"));
    /** Results always comply, but for what is not there. The payload has 10 000 more members. */
    public static final String WIDE = SCHEMA.replace(
                    "\"SubscriptionAPurchased\"", "\"SubscriptionAPurchased\", \"SubscriptionBPurchased\"")
            .replace(
                    "\"note\":",
                    IntStream.range(0, 10_000)
                                    .mapToObj("\"f%d\": {\"type\": [\"integer\", \"null\"]},"::formatted)
                                    .collect(Collectors.joining())
                            + "\"note\":");

    /** JSON texts without their quotes. */
    private static final String[] TEXTS = {
        "Purchased",
        "SKU-PREMIUM-7",
        "SKU-BASIC-1",
        "\\u0053KU-BASIC-2",
        "",
        "\\u0000\\\"\\\\",
        "\ud83d\ude00".repeat(20),
        "\\ud83d",
        "aaaaaaa",
        "a".repeat(60) + "!",
        "x".repeat(300)
    };

    private static final String[] NUMBERS = {
        "1",
        "1.0",
        "-0",
        "0.1",
        "-2",
        "100000",
        "100000.00000000000000000000001",
        "9007199254740993",
        "1e2",
        "1e400",
        "1e1000",
        "1e-1000",
        "1e1001",
        "1e1000000000",
        "-1e-99999999999",
        "0e99999999999",
        "9".repeat(1000),
        "0." + "9".repeat(999)
    };

    private static final Pattern LOOKS_BACK = Pattern.compile(LOOKING_BACK);

    private final int id;
    private final Codec codec;
    private final PlainJsonSchema plain;

    public HostileJsonSchema(int id, String text) throws UnfitException {
        this.id = id;
        this.codec = JsonSchemaCodec.of(new SchemaText(text, List.of()));
        this.plain = new PlainJsonSchema(
                text,
                Map.of(
                        DOUBLING,
                        note -> note.matches("a+"),
                        LOOKING_BACK,
                        note -> PlainJsonSchema.finds(LOOKS_BACK, note)));
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public Codec codec() {
        return codec;
    }

    @Override
    public byte[] write(String eventId, SplittableRandom random) {
        return new Writing(random).envelope(eventId).getBytes(UTF_8);
    }

    @Override
    public boolean takes(byte[] source, List<byte[]> results) {
        return results.stream().allMatch(result -> plain.takes(source, result));
    }

    @Override
    public String form(byte[] envelope) {
        return PlainJson.normal(envelope, "payload");
    }

    /** Nothing lies beside the JSON. */
    @Override
    public String rest(byte[] value) {
        return "";
    }

    /** The writing of one value. */
    private record Writing(SplittableRandom random) {
        String envelope(String eventId) {
            List<String> members = new ArrayList<>(List.of(
                    "\"eventId\":" + space() + "\"" + eventId + (oneIn(40) ? "x".repeat(40) : "") + "\"",
                    "\"processVersion\":" + (oneIn(8) ? number() : "1"),
                    "\"payload\":" + space() + purchase()));
            if (random.nextBoolean()) {
                members.add("\"correlationId\":" + (oneIn(4) ? any() : "\"of an earlier batch\""));
            }
            if (random.nextBoolean()) {
                members.add("\"eventTimestamp\":" + (oneIn(4) ? any() : "1700000000000"));
            }
            if (!oneIn(10)) {
                members.add("\"tags\":"
                        + (oneIn(3000) ? largeArray() : array(4, i -> oneIn(4) ? any() : "\"t" + i + "\"")));
            }
            if (oneIn(20)) {
                members.add(oneIn(2) ? "\"more\":" + any() : members.get(random.nextInt(members.size())));
            }
            return (oneIn(100) ? "\ufeff" : "") + object(members) + space();
        }

        private String purchase() {
            List<String> members = new ArrayList<>(List.of(
                    "\"actionType\":" + (oneIn(5) ? any() : "\"Purchased\""),
                    "\"itemSku\":" + space() + (oneIn(5) ? any() : "\"SKU-PREMIUM-7\""),
                    "\"amount\":" + (oneIn(10) ? any() : oneIn(3) ? number() : "99.990")));
            if (oneIn(4)) {
                members.add("\"items\":" + (oneIn(9) ? any() : array(4, i -> item())));
            }
            if (oneIn(4)) {
                members.add("\"note\":" + (oneIn(2) ? any() : "\"aaaa\""));
            }
            if (oneIn(10)) {
                members.add(oneIn(2) ? "\"extra\":" + any() : members.get(random.nextInt(members.size())));
            }
            if (oneIn(1000)) {
                members.add(large());
            }
            return object(members);
        }

        private String item() {
            return object(new ArrayList<>(List.of(
                    "\"itemSku\":" + (oneIn(2) ? text() : "\"SKU-PREMIUM-1\""),
                    "\"amount\":" + (oneIn(3) ? number() : random.nextInt(3)))));
        }

        /** A member that is large in some way. */
        private String large() {
            return switch (random.nextInt(oneIn(20) ? 9 : 7)) {
                case 0 ->
                    "\"next\":" + nested("{\"amount\":1,\"items\":[],\"actionType\":1,\"next\":", depth(), "{}", "}");
                case 1 -> "\"extra\":" + nested("[", 980, "", "]");
                case 2 -> "\"extra\":" + nested("{\"\":", 1200, "0", "}");
                case 3 -> members(10_000, i -> "f" + i);
                case 4 -> members(4096, i -> HostileRecords.collidingName(4096, i));
                case 5 -> members(2000, i -> "amount");
                case 6 -> "\"note\":\"" + "a".repeat(random.nextInt(100_000)) + (oneIn(2) ? "!\"" : "\"");
                case 7 -> "\"items\":" + largeArray();
                default -> "\"extra\":\"" + "x".repeat(1_000_000) + "\"";
            };
        }

        /** Levels on either side of what the validator takes. */
        private int depth() {
            return random.nextBoolean() ? random.nextInt(280) : random.nextInt(400, 900);
        }

        /** Returns an array with too many violations, or with items that a hash table does not take well. */
        private String largeArray() {
            return switch (random.nextInt(4)) {
                case 0 -> elements(60_000, i -> "0");
                case 1 -> elements(8192, i -> "\"" + HostileRecords.collidingName(8192, i) + "\"");
                case 2 -> elements(8000, i -> 1_000_000 + i + "e400");
                default -> elements(3000, i -> "{\"amount\":" + (i - 3) + "}");
            };
        }

        private static String nested(String open, int depth, String inner, String close) {
            return open.repeat(depth) + inner + close.repeat(depth);
        }

        private String members(int count, IntFunction<String> name) {
            return IntStream.range(0, count)
                    .mapToObj(i -> "\"" + name.apply(i) + "\":" + i)
                    .collect(Collectors.joining(","));
        }

        private static String elements(int count, IntFunction<String> element) {
            return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(",", "[", "]"));
        }

        private String array(int most, IntFunction<String> element) {
            return elements(random.nextInt(most), element);
        }

        private String any() {
            return switch (random.nextInt(6)) {
                case 0, 1 -> text();
                case 2 -> number();
                case 3 -> List.of("true", "false", "null").get(random.nextInt(3));
                case 4 -> array(3, i -> any());
                default -> oneIn(2) ? "{\"y\":" + number() + "}" : "{ }";
            };
        }

        private String text() {
            return "\"" + TEXTS[random.nextInt(TEXTS.length)] + "\"";
        }

        private String number() {
            return NUMBERS[random.nextInt(oneIn(4) ? NUMBERS.length : 9)];
        }

        private String object(List<String> members) {
            if (random.nextBoolean()) {
                Collections.shuffle(members, new Random(random.nextLong()));
            }
            return members.stream().collect(Collectors.joining(space() + ",", "{" + space(), space() + "}"));
        }

        private String space() {
            return oneIn(10) ? " \t\r\n" : "";
        }

        private boolean oneIn(int count) {
            return random.nextInt(count) == 0;
        }
    }
}
