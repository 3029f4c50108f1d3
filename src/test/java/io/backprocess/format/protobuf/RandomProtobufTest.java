package io.backprocess.format.protobuf;

import static io.backprocess.format.protobuf.Samples.hex;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random and broken bytes, compared with what Protobuf's own reader makes of them. */
class RandomProtobufTest {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /** A decimal keeps the scale that it had. */
    private static final Comparator<JsonNode> BY_VALUE = (one, other) -> one.isNumber() && other.isNumber()
            ? one.decimalValue().compareTo(other.decimalValue())
            : one.equals(other) ? 0 : 1;

    private static final String OLD = """
            package acme;
            message All {
              optional int32 a = 1; optional string b = 2; repeated sint64 c = 3; repeated fixed32 d = 4 [packed = true];
              optional group G = 5 { optional int32 x = 1; optional All all = 2; }
              repeated group Rep = 6 { optional string y = 1; }
              optional All all = 7; repeated All many = 8; map<uint64, All> map = 9; map<string, bytes> texts = 10;
              oneof o { All p = 11; bytes q = 12; bool done = 13; }
            }
            """;

    private static final String KNOWN = """
            syntax = "proto3";
            import "google/protobuf/any.proto"; import "google/protobuf/duration.proto";
            import "google/protobuf/field_mask.proto"; import "google/protobuf/struct.proto";
            import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
            import "confluent/type/decimal.proto";
            message All {
              google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2; google.protobuf.FieldMask mask = 3;
              google.protobuf.Struct struct = 4; google.protobuf.Value value = 5; repeated google.protobuf.ListValue list = 6;
              google.protobuf.Any any = 7; confluent.type.Decimal price = 8; repeated google.protobuf.Int64Value ints = 9;
              map<string, google.protobuf.StringValue> texts = 10; google.protobuf.BoolValue b = 11; All all = 12;
            }
            """;

    private final Samples modern = Samples.of(ProtobufReadTest.SCALARS);
    private final Samples old = Samples.of(OLD);
    private final Samples known = Samples.of(KNOWN);

    @Test
    void keepsRandomBytesWhoseJsonDoesNotChange() throws UnfitException {
        for (Samples samples : List.of(modern, old, known)) {
            for (long seed = 0; seed < 8_000; seed++) {
                byte[] bytes = new RandomWire(new Random(seed)).message(samples.type(), 3);
                String json = samples.read(bytes);
                assertThat(hex(samples.write(bytes, json)))
                        .as("seed %d: %s", seed, json)
                        .isEqualTo(hex(bytes));
            }
        }
    }

    @Test
    void readsWhatProtobufReadsAndNothingElse() throws UnfitException {
        for (Samples samples : List.of(modern, old)) {
            int good = 0;
            for (long seed = 0; seed < 50_000; seed++) {
                RandomWire wire = new RandomWire(new Random(seed));
                byte[] bytes = wire.message(samples.type(), 3);
                bytes = seed % 2 == 0 ? bytes : wire.mutated(bytes);
                good += readsLikeProtobuf(samples, bytes, seed) ? 1 : 0;
            }
            assertThat(good).isBetween(30_000, 49_000);
        }
    }

    private static boolean readsLikeProtobuf(Samples samples, byte[] bytes, long seed) throws UnfitException {
        String json;
        try {
            json = samples.read(bytes);
        } catch (UnfitException e) {
            // Protobuf for Java cuts lengths and tags of more than 32 bits, takes any bytes for a text of proto2, and
            // overlooks that the tenth byte of a varint says that another one follows.
            String message = String.valueOf(e.getMessage());
            boolean stricter =
                    message.matches(".*(more than 32 bits|length \\d{10,}|invalid UTF-8|more than 10 bytes).*");
            if (!stricter) {
                assertThatCode(() -> DynamicMessage.parseFrom(samples.type(), bytes))
                        .as("seed %d: %s, %s", seed, hex(bytes), message)
                        .isInstanceOf(InvalidProtocolBufferException.class);
            }
            return false;
        }
        try {
            assertThat(withoutReals(json))
                    .as("seed %d: %s", seed, hex(bytes))
                    .isEqualTo(withoutReals(DynamicJson.of(DynamicMessage.parseFrom(samples.type(), bytes))));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("seed %d: %s".formatted(seed, hex(bytes)), e);
        }
        assertThat(hex(samples.write(bytes, json)))
                .as("seed %d: %s", seed, json)
                .isEqualTo(hex(bytes));
        return true;
    }

    private static String withoutReals(String json) {
        return json.replaceAll("(\"a_(float|double)\":)[^,}]*", "$1");
    }

    @Test
    void turnsAnyBaseIntoAnyOtherJson() throws UnfitException {
        for (Samples samples : List.of(modern, old, known)) {
            for (long seed = 0; seed < 8_000; seed++) {
                RandomWire wire = new RandomWire(new Random(seed));
                byte[] base = wire.message(samples.type(), 3);
                String wanted = samples.read(wire.message(samples.type(), 3));
                byte[] written = samples.write(base, wanted, randomOrigins(seed, samples));
                assertThat(tree(samples.read(written)).equals(BY_VALUE, tree(wanted)))
                        .as("seed %d: %s in place of %s", seed, wanted, samples.read(base))
                        .isTrue();
            }
        }
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private static Map<String, String> randomOrigins(long seed, Samples samples) {
        Random random = new Random(seed);
        List<String> names = new ArrayList<>();
        samples.type().getFields().forEach(field -> names.add("/" + field.getName()));
        String target = names.get(random.nextInt(names.size()));
        String source = names.get(random.nextInt(names.size()));
        return switch (random.nextInt(4)) {
            case 0 -> Map.of(target, source);
            case 1 -> Map.of(target + "/0", source + "/0", target, source);
            case 2 -> Map.of("/many/0", "/many/1", "/many/1", "/many/0");
            default -> Map.of();
        };
    }

    @Test
    void changesOneLeafAndNothingElse() throws UnfitException, IOException {
        int changes = 0;
        for (Samples samples : List.of(modern, old)) {
            for (long seed = 0; seed < 8_000; seed++) {
                Random random = new Random(seed);
                byte[] base = new RandomWire(random).message(samples.type(), 3);
                JsonNode json = JSON.readTree(samples.read(base));
                List<Runnable> leaves = new ArrayList<>();
                collect(json, leaves);
                if (leaves.isEmpty()) {
                    continue;
                }
                leaves.get(random.nextInt(leaves.size())).run();
                byte[] written = samples.write(base, json.toString());
                assertThat(JSON.readTree(samples.read(written)))
                        .as("seed %d", seed)
                        .isEqualTo(json);
                assertThat(DynamicJson.unknown(DynamicMessage.parseFrom(samples.type(), written)))
                        .as("seed %d", seed)
                        .isEqualTo(DynamicJson.unknown(DynamicMessage.parseFrom(samples.type(), base)));
                changes++;
            }
        }
        assertThat(changes).isGreaterThan(8_000);
    }

    private static void collect(JsonNode node, List<Runnable> leaves) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(each -> {
                collect(each.getValue(), leaves);
                if (each.getValue().isIntegralNumber()) {
                    leaves.add(() -> object.put(each.getKey(), 77));
                } else if (each.getKey().matches("a_string|b|y|text")) {
                    leaves.add(() -> object.put(each.getKey(), "changed"));
                }
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                int index = i;
                collect(array.get(i), leaves);
                if (array.get(i).isIntegralNumber()) {
                    leaves.add(() -> array.set(index, 77));
                }
            }
        }
    }

    @Test
    void givesAnotherSchemasMessageTheNumbersOfThisOne() throws UnfitException {
        for (String text : List.of(ProtobufReadTest.SCALARS, OLD)) {
            Samples samples = Samples.of(text);
            String renumbered = text.replaceAll("(\\w+ = )(\\d\\d?)( \\[[^]]*])?;", "$17$2$3;")
                    .replaceAll("(G|Rep) = (\\d)", "$1 = 7$2");
            Samples target = Samples.of(renumbered);
            for (long seed = 0; seed < 4_000; seed++) {
                byte[] base = new RandomWire(new Random(seed)).message(samples.type(), 3);
                EncodedValue value = samples.value(base);
                byte[] written = target.codec().write(value, value.json(), Map.of(), new byte[0]);
                assertThat(target.read(written)).as("seed %d", seed).isEqualTo(new String(value.json(), UTF_8));
            }
        }
    }

    @Test
    void throwsNothingButUnfitWhateverTheSchema() {
        Random random = new Random(21);
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder(ProtobufReadTest.SCALARS);
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextInt(text.length());
                text.replace(at, at + 1, "{}=;\"1a[<,. ".charAt(random.nextInt(12)) + "");
            }
            try {
                ProtobufCodec.of(new SchemaText(text.toString(), List.of()), MessagePrefix.CONFLUENT)
                        .read(new byte[1], 0);
            } catch (UnfitException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }
}
