package io.backprocess.event;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static io.backprocess.json.JsonPointer.NOWHERE;
import static io.backprocess.json.JsonPointer.index;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pointer leads to can be read and changed; all else keeps its bytes. */
class PathEditTest {
    private static final long EDITS = Long.getLong("backprocess.edits", 20_000);
    private static final long FIRST_SEED = Long.getLong("backprocess.seed", 1);
    private static final JsonMapper JACKSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "/a          | { \"a\" : \"x\" , \"b\":1.50}",
                "/b          | { \"a\" : {\"c\":[1, 2.0 ,{}]} , \"b\":\"x\"}",
                "/n          | { \"a\" : {\"c\":[1, 2.0 ,{}]} , \"b\":1.50,\"n\":\"x\"}",
                "/a/c        | { \"a\" : {\"c\":\"x\"} , \"b\":1.50}",
                "/a/d        | { \"a\" : {\"c\":[1, 2.0 ,{}],\"d\":\"x\"} , \"b\":1.50}",
                "/a/c/0      | { \"a\" : {\"c\":[\"x\", 2.0 ,{}]} , \"b\":1.50}",
                "/a/c/3      | { \"a\" : {\"c\":[1, 2.0 ,{},\"x\"]} , \"b\":1.50}",
                "/a/c/-      | { \"a\" : {\"c\":[1, 2.0 ,{},\"x\"]} , \"b\":1.50}",
                "/a/c/2/e/f  | { \"a\" : {\"c\":[1, 2.0 ,{\"e\":{\"f\":\"x\"}}]} , \"b\":1.50}",
                "/a/c/-/e    | { \"a\" : {\"c\":[1, 2.0 ,{},{\"e\":\"x\"}]} , \"b\":1.50}",
                "/m/n/o      | { \"a\" : {\"c\":[1, 2.0 ,{}]} , \"b\":1.50,\"m\":{\"n\":{\"o\":\"x\"}}}",
                "/a/s~1t~0   | { \"a\" : {\"c\":[1, 2.0 ,{}],\"s/t~\":\"x\"} , \"b\":1.50}",
                "/a/         | { \"a\" : {\"c\":[1, 2.0 ,{}],\"\":\"x\"} , \"b\":1.50}",
            })
    void setsWhereItPoints(String pointer, String expected) {
        Event event = event(envelope("e-1", "1", "{ \"a\" : {\"c\":[1, 2.0 ,{}]} , \"b\":1.50}"));

        Edit edit = event.edit().setAt(pointer, "x");

        assertThat(payload(edit)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "/a          | {\"b\":1.50}",
                "/a/c        | {\"a\": { },\"b\":1.50}",
                "/a/c/0      | {\"a\": {\"c\":[2.0 , {\"d\":0}] },\"b\":1.50}",
                "/a/c/1      | {\"a\": {\"c\":[1 , {\"d\":0}] },\"b\":1.50}",
                "/a/c/2      | {\"a\": {\"c\":[1, 2.0] },\"b\":1.50}",
                "/a/c/2/d    | {\"a\": {\"c\":[1, 2.0 , {}] },\"b\":1.50}",
                "/a/c/3      | {\"a\": {\"c\":[1, 2.0 , {\"d\":0}] },\"b\":1.50}",
                "/a/c/-      | {\"a\": {\"c\":[1, 2.0 , {\"d\":0}] },\"b\":1.50}",
                "/a/c/01     | {\"a\": {\"c\":[1, 2.0 , {\"d\":0}] },\"b\":1.50}",
                "/b/c        | {\"a\": {\"c\":[1, 2.0 , {\"d\":0}] },\"b\":1.50}",
                "/x/y/z      | {\"a\": {\"c\":[1, 2.0 , {\"d\":0}] },\"b\":1.50}",
            })
    void removesWhereItPoints(String pointer, String expected) {
        Event event = event(envelope("e-1", "1", "{\"a\": {\"c\":[1, 2.0 , {\"d\":0}] },\"b\":1.50}"));

        Edit edit = event.edit().removeAt(pointer);

        assertThat(payload(edit)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a         | 'a' is no JSON Pointer: start each step with a slash, as in /device/os",
                "/b/c      | cannot set /b/c: what stands at /b is neither an object nor an array but 1.50",
                "/a/3      | cannot set /a/3: the array at /a has 2 elements and no place '3'",
                "/a/x      | cannot set /a/x: the array at /a has 2 elements and no place 'x'",
                "/x/0      | cannot set /x/0: there is no array at /x",
                "/x/-      | cannot set /x/-: there is no array at /x",
            })
    void saysWhyItCannotSet(String pointer, String message) {
        Edit edit = event(envelope("e-1", "1", "{\"a\":[1,2],\"b\":1.50}")).edit();

        assertThatThrownBy(() -> edit.setAt(pointer, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void listensToTheLastWordInside() {
        Event event = event(envelope("e-1", "1", "{\"a\":{\"b\":1},\"c\":null}"));

        Edit edit = event.edit()
                .setAt("/a/b", 2)
                .set("a", JsonValue.parse(" {\"z\":[]} "))
                .setAt("/a/z/-", new BigDecimal("1.10"))
                .setAt("/a/z/-", false)
                .removeAt("/a/z/1")
                .setAt("/c/d", JsonValue.parse("1e400"))
                .remove("a")
                .setAt("/a/y", 7L)
                .setNull("n")
                .set("count", 12);

        assertThat(payload(edit)).isEqualTo("{\"a\":{\"y\":7},\"c\":{\"d\":1e400},\"n\":null,\"count\":12}");
        assertThat(event.payload().at("/a/b")).hasToString("1");
    }

    @Test
    void findsWhereItPoints() {
        JsonObject payload = event(envelope("e-1", "1", "{\"a\":{\"b/c\":[10,{\"d\":\"x\"}]},\"n\":null,\"a~\":true}"))
                .payload();

        assertThat(payload.at("/a/b~1c/1/d")).hasToString("\"x\"");
        assertThat(payload.at("/a~0")).hasToString("true");
        assertThat(payload.at("/n")).hasToString("null");
        assertThat(payload.at("/a/b~1c/2")).isNull();
        assertThat(payload.at("/a/b~1c/-")).isNull();
        assertThat(payload.at("/a/b~1c/00")).isNull();
        assertThat(payload.at("/n/x")).isNull();
        assertThat(payload.at("/x/y")).isNull();
        assertThatThrownBy(() -> payload.at("")).isInstanceOf(IllegalArgumentException.class);
    }

    /** Jackson says what it means; the bytes beside the place are compared. */
    @Test
    void changesOnlyWhatItPointsToInRandomPayloads() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + EDITS; seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            String payload = object(random, 3);
            ObjectNode meaning = (ObjectNode) JACKSON.readTree(payload);
            String pointer = pointer(random, meaning);
            Event event = event(envelope("e-1", "1", payload));
            JsonValue before = event.payload().at(pointer);
            String trial = "seed %d: %s in %s".formatted(seed, pointer, payload);
            assertThat(before == null).as(trial).isEqualTo(meaning.at(pointer).isMissingNode());
            if (random.nextInt(3) == 0) {
                String after = payload(event.edit().removeAt(pointer));
                remove(meaning, pointer);
                assertThat(JACKSON.readTree(after)).as(trial).isEqualTo(meaning);
            } else if (before != null) {
                String literal = value(random, 1);
                String after = payload(event.edit().setAt(pointer, JsonValue.parse(literal)));
                int shift = event.payload().start();
                byte[] document = event.envelope().document();
                String expected = new String(document, shift, before.start() - shift, UTF_8)
                        + literal.strip()
                        + new String(document, before.end(), event.payload().end() - before.end(), UTF_8);
                assertThat(after).as(trial).isEqualTo(expected);
            } else {
                String after = payload(event.edit().setAt(pointer, "new"));
                assertThat(JACKSON.readTree(after).at(pointer).asText())
                        .as(trial)
                        .isEqualTo("new");
                assertThat(remove(JACKSON.readTree(after), pointer)).as(trial).isEqualTo(meaning);
            }
        }
    }

    private static JsonNode remove(JsonNode root, String pointer) {
        JsonNode parent = root.at(JsonPointer.compile(pointer).head());
        String last = JsonPointer.compile(pointer).last().getMatchingProperty();
        if (parent instanceof ObjectNode object) {
            object.remove(last);
        } else if (parent instanceof ArrayNode array && index(last) != NOWHERE) {
            array.remove(index(last));
        }
        return root;
    }

    /** To something that is there, or one new member of an object, or one new element of an array. */
    private static String pointer(Random random, JsonNode root) {
        List<String> all = new ArrayList<>();
        collect(root, "", all);
        return all.get(random.nextInt(all.size()));
    }

    private static void collect(JsonNode node, String at, List<String> all) {
        if (node.isObject()) {
            all.add(at + "/new");
            node.fields().forEachRemaining(field -> {
                String below = at + "/" + field.getKey().replace("~", "~0").replace("/", "~1");
                all.add(below);
                collect(field.getValue(), below, all);
            });
        } else if (node.isArray()) {
            all.add(at + "/" + node.size());
            for (int i = 0; i < node.size(); i++) {
                all.add(at + "/" + i);
                collect(node.get(i), at + "/" + i, all);
            }
        }
    }

    private static String value(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 4 : 2);
        String inside =
                switch (kind) {
                    case 0 -> pick(random, "0", "99.990", "1E-400", "null", "true");
                    case 1 -> pick(random, "\"\"", "\"caf\\u00e9\"", "\"]}\"", "\"東京\"");
                    case 2 -> object(random, depth - 1);
                    default -> array(random, depth - 1);
                };
        return space(random) + inside + space(random);
    }

    private static String object(Random random, int depth) {
        List<String> names = new ArrayList<>(List.of("\"a\"", "\"b/c\"", "\"~\"", "\"\\u0064\"", "\"東\"", "\"7\""));
        List<String> members = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            members.add(space(random) + names.remove(random.nextInt(names.size())) + ":" + value(random, depth));
        }
        return "{" + String.join(",", members) + "}";
    }

    private static String array(Random random, int depth) {
        List<String> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            elements.add(value(random, depth));
        }
        return "[" + String.join(",", elements) + "]";
    }

    private static String space(Random random) {
        return pick(random, "", "", " ", "\n\t");
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }

    private static String payload(Edit edit) {
        byte[] result = edit.apply(edit.event(), new BatchLabel("batch-1"), ProcessVersion.of("2"), null)
                .envelope();
        JsonObject payload = event(new String(result, UTF_8)).payload();
        return new String(payload.document(), payload.start(), payload.end() - payload.start(), UTF_8);
    }
}
