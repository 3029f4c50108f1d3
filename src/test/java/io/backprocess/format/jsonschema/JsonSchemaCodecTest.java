package io.backprocess.format.jsonschema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaCodecTest {
    private static final String ORDER = """
            {"type": "object",
             "properties": {"amount": {"type": "integer", "maximum": 1000},
                            "name": {"type": "string", "maxLength": 5, "pattern": "^[a-z]*$"},
                            "items": {"type": "array", "items": {"type": "integer", "minimum": 0}}},
             "required": ["amount"],
             "additionalProperties": false}""";

    @Test
    void readsTheBytesAfterTheFrameAsTheyAre() throws UnfitException {
        byte[] value = "\0\0\0\0\7 {\"amount\" : 1.0 }\n".getBytes(UTF_8);

        byte[] json = codec(ORDER).read(value, 5);

        assertThat(json).asString(UTF_8).isEqualTo(" {\"amount\" : 1.0 }\n");
    }

    @Test
    void refusesAValueOfNothingButAFrame() {
        byte[] frame = new byte[5];

        assertThatThrownBy(() -> codec(ORDER).read(frame, 5)).hasMessage("no byte after the frame of 5 bytes");
    }

    @Test
    void writesTheSameBytesWhereTheyComply() throws UnfitException {
        String changed = "{ \"amount\": 1.0, \"items\": [1,2] }";

        assertThat(write(ORDER, "{\"amount\":3}", changed)).isEqualTo(changed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"amount\":1.5}                  | /amount: 1.5 breaks 'type'",
                "{\"amount\":1001}                 | /amount: 1001 breaks 'maximum'",
                "{\"amount\":10000000000000000000} | /amount: 10000000000000000000 breaks 'maximum'",
                "{\"amount\":1,\"name\":\"long one\"} | /name: \"long one\" breaks 'maxLength'",
                "{\"amount\":1,\"name\":\"A\"}     | /name: \"A\" breaks 'pattern'",
                "{\"amount\":1,\"items\":[1,-2]}   | /items/1: -2 breaks 'minimum'",
                "{\"name\":\"a\"}                  | /: {\"name\":\"a\"} breaks 'required'",
                "{\"amount\":1,\"nmae\":\"a\"}     | breaks 'additionalProperties'",
                "[]                                | /: [] breaks 'type'"
            })
    void refusesWhatTheSchemaDoesNotTakeAndNamesPlaceValueAndKeyword(String changed, String message) {
        assertThatThrownBy(() -> write(ORDER, "{\"amount\":3}", changed))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining(message);
    }

    @Test
    void acceptsWhatTheHistoryBrokeAlreadyAndTheChangeDidNotTouch() throws UnfitException {
        String base = "{\"name\":\"TOO LONG\",\"items\":[-1,-2,3],\"extra\":1}";
        String changed = "{\"name\":\"TOO LONG\",\"items\":[-2,3,4],\"extra\":2}";

        assertThat(write(ORDER, base, changed)).isEqualTo(changed);
    }

    @Test
    void refusesAnotherValueInAPlaceThatTheHistoryBrokeAlready() {
        String base = "{\"amount\":2000}";

        assertThatThrownBy(() -> write(ORDER, base, "{\"amount\":2001}")).hasMessageContaining("/amount: 2001");
    }

    @Test
    void refusesAllThatAnotherSchemaDoesNotTakeThoughTheBaseHasIt() throws UnfitException {
        JsonSchemaCodec target = codec(ORDER);
        byte[] json = "{\"name\":\"a\"}".getBytes(UTF_8);
        EncodedValue base = new EncodedValue(codec("{}"), json, 0, json);

        assertThatThrownBy(() -> target.write(base, json, Map.of(), new byte[0]))
                .hasMessageContaining("breaks 'required'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://json-schema.org/draft-04/schema#",
                "http://json-schema.org/draft-06/schema#",
                "http://json-schema.org/draft-07/schema#",
                "https://json-schema.org/draft/2019-09/schema",
                "https://json-schema.org/draft/2020-12/schema"
            })
    void knowsTheDrafts(String draft) throws UnfitException {
        String schema = "{\"$schema\":\"%s\",\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}"
                .formatted(draft);

        assertThat(write(schema, "{}", "{\"a\":\"x\"}")).isEqualTo("{\"a\":\"x\"}");
        assertThatThrownBy(() -> write(schema, "{}", "{\"a\":1}")).hasMessageContaining("/a: 1 breaks 'type'");
    }

    @Test
    void takesAFormatForAnAnnotation() throws UnfitException {
        String schema = "{\"properties\":{\"at\":{\"type\":\"string\",\"format\":\"date-time\"}}}";

        assertThat(write(schema, "{}", "{\"at\":\"soon\"}")).isEqualTo("{\"at\":\"soon\"}");
    }

    @Test
    void resolvesReferencesByNameByIdAndThroughOthers() throws UnfitException {
        SchemaText text = new SchemaText(
                "{\"$id\":\"http://acme.test/orders/order.json\",\"properties\":{\"a\":{\"$ref\":\"address.json\"},"
                        + "\"b\":{\"$ref\":\"http://acme.test/city\"},\"c\":{\"$ref\":\"#/definitions/c\"}},"
                        + "\"definitions\":{\"c\":{\"type\":\"boolean\"}}}",
                List.of(
                        new SchemaText.Reference(
                                "city.json", "{\"$id\":\"http://acme.test/city\",\"type\":\"string\"}"),
                        new SchemaText.Reference(
                                "address.json", "{\"properties\":{\"city\":{\"$ref\":\"city.json\"}}}")));
        JsonSchemaCodec codec = JsonSchemaCodec.of(text);

        assertThatThrownBy(() -> write(codec, "{}", "{\"a\":{\"city\":1}}")).hasMessageContaining("/a/city: 1");
        assertThatThrownBy(() -> write(codec, "{}", "{\"b\":2}")).hasMessageContaining("/b: 2");
        assertThatThrownBy(() -> write(codec, "{}", "{\"c\":3}")).hasMessageContaining("/c: 3");
    }

    @Test
    void refersToADraftsOwnSchema() throws UnfitException {
        String schema = "{\"properties\":{\"a\":{\"$ref\":\"http://json-schema.org/draft-07/schema#\"}}}";

        assertThatThrownBy(() -> write(schema, "{}", "{\"a\":{\"type\":1}}")).isInstanceOf(UnfitException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"http://127.0.0.1:1/x.json\"}",
                "{\"properties\":{\"a\":{\"items\":{\"$ref\":\"file:///etc/hostname\"}}}}",
                "{\"anyOf\":[{\"$ref\":\"classpath:draft-07/schema\"}]}",
                "{\"not\":{\"$ref\":\"other.json#/definitions/a\"}}",
                "{\"properties\":{\"a\":{\"$ref\":\"#/definitions/none\"}}}"
            })
    void refusesAReferenceThatWasNotGiven(String schema) {
        assertThatThrownBy(() -> codec(schema))
                .isInstanceOf(UnfitException.class)
                .hasMessageStartingWith("the JSON Schema cannot be used: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "3",
                "{\"$schema\":\"http://json-schema.org/draft-99/schema#\"}",
                "{\"$schema\":7}",
                "{\"properties\":{\"a\":{\"pattern\":\"(\"}}}"
            })
    void refusesWhatIsNoSchema(String schema) {
        assertThatThrownBy(() -> codec(schema)).isInstanceOf(UnfitException.class);
    }

    @Test
    void refusesASchemaThatIsNestedWithoutEnd() {
        String deep = "{\"not\":".repeat(100_000) + "{}" + "}".repeat(100_000);

        assertThatThrownBy(() -> codec(deep)).isInstanceOf(UnfitException.class);
    }

    @Test
    void endsTheEvaluationOfASchemaThatRefersToItself() throws UnfitException {
        JsonSchemaCodec codec = codec("{\"properties\":{\"a\":{\"$ref\":\"#/properties/a\"}}}");

        assertThatThrownBy(() -> write(codec, "{}", "{\"a\":1}"))
                .hasMessageContaining("the schema cannot be evaluated");
    }

    @Test
    void endsTheEvaluationOfKeywordsThatDoubleAtEachLevel() throws UnfitException {
        StringBuilder schema = new StringBuilder("{\"$ref\":\"#/definitions/d0\",\"definitions\":{");
        for (int i = 0; i < 60; i++) {
            schema.append("\"d%d\":{\"allOf\":[{\"$ref\":\"#/definitions/d%d\"},{\"$ref\":\"#/definitions/d%d\"}]},"
                    .formatted(i, i + 1, i + 1));
        }
        JsonSchemaCodec codec = codec(schema + "\"d60\":{\"type\":\"object\"}}}");

        Throwable thrown = endsSoon(() -> write(codec, "{}", "{}"));

        assertThat(thrown).isInstanceOf(UnfitException.class).hasMessageContaining("steps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"^(a+)+$", "^(a|aa)+$", "^(?=(a+)+b)a", "^(a{1,100}){1,100}b", "(.*)\\\\1x"})
    void endsAPatternThatTakesExponentialTime(String pattern) throws UnfitException {
        JsonSchemaCodec codec = codec("{\"pattern\":\"%s\"}".formatted(pattern));

        Throwable thrown = endsSoon(() -> write(codec, "\"\"", "\"" + "a".repeat(20_000) + "!\""));

        assertThat(thrown).isInstanceOf(UnfitException.class);
    }

    @Test
    void checksADocumentOfDeepNesting() throws UnfitException {
        JsonSchemaCodec codec = codec("{\"items\":{\"$ref\":\"#\"},\"type\":\"array\"}");
        String deep = "[".repeat(400) + "]".repeat(400);

        assertThat(write(codec, "[]", deep)).isEqualTo(deep);
    }

    @Test
    void refusesADocumentThatIsNestedTooDeeplyToCheck() throws UnfitException {
        JsonSchemaCodec codec = codec("{\"items\":{\"$ref\":\"#\"},\"type\":\"array\"}");
        String deep = "[".repeat(1000) + "]".repeat(1000);

        assertThatThrownBy(() -> write(codec, "[]", deep)).hasMessageContaining("1000 keywords within each other");
    }

    @Test
    void comparesNumbersExactly() throws UnfitException {
        JsonSchemaCodec codec = codec("{\"properties\":{\"m\":{\"multipleOf\":3},\"c\":{\"const\":9007199254740993},"
                + "\"e\":{\"enum\":[9007199254740993, 0.1]},\"i\":{\"type\":\"integer\"}}}");

        assertThat(write(codec, "{}", "{\"m\":9007199254740993}")).isNotEmpty();
        assertThat(write(codec, "{}", "{\"m\":900719925474099300000000000000000003}"))
                .isNotEmpty();
        assertThatThrownBy(() -> write(codec, "{}", "{\"m\":9007199254740994}")).hasMessageContaining("multipleOf");
        assertThatThrownBy(() -> write(codec, "{}", "{\"m\":900719925474099300000000000000000004}"))
                .hasMessageContaining("multipleOf");
        assertThatThrownBy(() -> write(codec, "{}", "{\"c\":9007199254740992}")).hasMessageContaining("const");
        assertThat(write(codec, "{}", "{\"e\":9007199254740993,\"i\":1.0}")).isNotEmpty();
        assertThat(write(codec, "{}", "{\"e\":0.10,\"i\":123456789012345678901234567890}"))
                .isNotEmpty();
        assertThatThrownBy(() -> write(codec, "{}", "{\"e\":9007199254740992}")).hasMessageContaining("enum");
    }

    @ParameterizedTest
    @ValueSource(strings = {"draft-06/schema#", "draft-07/schema#"})
    void comparesNumbersByValueWithinObjectsAndArrays(String draft) throws UnfitException {
        JsonSchemaCodec codec =
                codec("{\"$schema\":\"http://json-schema.org/%s\",\"properties\":{\"c\":{\"const\":{\"x\":[1.0]}},"
                                .formatted(draft)
                        + "\"e\":{\"enum\":[{\"x\":1.0,\"y\":2}]},\"u\":{\"uniqueItems\":true}}}");

        assertThat(write(codec, "{}", "{\"c\":{\"x\":[1]},\"e\":{\"y\":2.0,\"x\":1}}"))
                .isNotEmpty();
        assertThat(write(codec, "{}", "{\"u\":[1,true,\"1\",[1],{\"x\":1}]}")).isNotEmpty();
        assertThatThrownBy(() -> write(codec, "{}", "{\"u\":[1,2,1.0]}")).hasMessageContaining("uniqueItems");
        assertThatThrownBy(() -> write(codec, "{}", "{\"u\":[{\"x\":1,\"y\":2},{\"y\":2,\"x\":1}]}"))
                .hasMessageContaining("uniqueItems");
    }

    @Test
    void comparesTheItemsOfArraysOnly() throws UnfitException {
        String members = "{\"a\":1,\"b\":1}";

        assertThat(write("{\"uniqueItems\":true}", "{}", members)).isEqualTo(members);
    }

    @Test
    void doesNotKnowAKeywordOfALaterDraft() throws UnfitException {
        String schema = "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"const\":1}";

        assertThat(write(schema, "1", "2")).isEqualTo("2");
    }

    @Test
    void refusesViolationsWhoseMessagesTakeTooMuchMemory() throws UnfitException {
        String choices =
                IntStream.range(0, 10_000).mapToObj("\"choice-%d\""::formatted).collect(Collectors.joining(","));
        JsonSchemaCodec codec = codec("{\"items\":{\"enum\":[" + choices + "]}}");

        assertThat(write(codec, "[1,2]", "[2,1]")).isNotEmpty();
        assertThatThrownBy(() -> write(codec, "[]", "[" + "1,".repeat(1000) + "1]"))
                .hasMessageContaining("more than 67108864 characters");
    }

    @Test
    void refusesANumberOfABillionDigits() throws UnfitException {
        JsonSchemaCodec codec = codec("{\"multipleOf\":0.01}");

        Throwable thrown = endsSoon(() -> write(codec, "1", "1e1000000000"));

        assertThat(thrown).isInstanceOf(UnfitException.class).hasMessageContaining("1000 digits");
    }

    @Test
    void throwsNothingButUnfitWhateverTheSchema() {
        long seed = 21;
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] mutated = ORDER.getBytes(UTF_8);
            for (int n = 0; n < 1 + random.nextInt(4); n++) {
                mutated[random.nextInt(mutated.length)] = (byte) "{}[]:,\"019aetr-$".charAt(random.nextInt(16));
            }
            String schema = new String(mutated, UTF_8);

            Throwable thrown = catchThrowable(() -> write(schema, "{\"amount\":1}", "{\"amount\":2,\"name\":\"x\"}"));

            if (thrown != null) {
                assertThat(thrown).as("seed %d, schema %s", seed, schema).isInstanceOf(UnfitException.class);
            }
        }
    }

    private static Throwable endsSoon(ThrowingCallable code) {
        return assertTimeoutPreemptively(Duration.ofSeconds(20), () -> catchThrowable(code));
    }

    private static JsonSchemaCodec codec(String schema) throws UnfitException {
        return JsonSchemaCodec.of(new SchemaText(schema, List.of()));
    }

    private static String write(String schema, String base, String changed) throws UnfitException {
        return write(codec(schema), base, changed);
    }

    private static String write(JsonSchemaCodec codec, String base, String changed) throws UnfitException {
        byte[] json = base.getBytes(UTF_8);
        return new String(
                codec.write(new EncodedValue(codec, json, 0, json), changed.getBytes(UTF_8), Map.of(), new byte[0]),
                UTF_8);
    }
}
