package io.backprocess.event;

import static io.backprocess.event.Samples.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an edit touches has its new meaning; what it does not touch keeps its bytes. */
class EditTest {
    private static final ProcessVersion TWO = ProcessVersion.of("2");
    private static final BatchLabel BATCH = new BatchLabel("batch-1");

    private static final JsonMapper JACKSON = new JsonMapper();

    @Test
    void stampsBatchAndVersionAndLeavesTheRest() {
        String envelope = """
                \ufeff { "eventId" : "e\\u002d1" , "correlationId":\t%s ,"eventTimestamp":1.50e3,
                "processVersion" : %s , "trace":[ 1,\t2 ] ,\r
                  "payload" : { "price" : 99.990, "note":"caf\\u00e9\\/" } , "z":1e400 }\s
                """;
        Event event = event(envelope.formatted("\"live\"", "1.0"));

        String result = applied(event.edit());

        assertThat(result).isEqualTo(envelope.formatted("\"batch-1\"", "2"));
    }

    @Test
    void addsTheCorrelationIdWhereTheEnvelopeHasNone() {
        Event event = event("{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{\"a\":1} }");

        String result = applied(event.edit().set("b", true));

        assertThat(result)
                .isEqualTo(
                        "{\"eventId\":\"e-1\",\"processVersion\":2,\"payload\":{\"a\":1,\"b\":true},\"correlationId\":\"batch-1\" }");
    }

    @Test
    void replacesACorrelationIdThatIsNoText() {
        Event event = event("{\"correlationId\":{\"id\":[7]},\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{}}");

        String result = applied(event.edit());

        assertThat(result)
                .isEqualTo("{\"correlationId\":\"batch-1\",\"eventId\":\"e-1\",\"processVersion\":2,\"payload\":{}}");
    }

    @Test
    void givesADerivedEventIdWhereOneIsGiven() {
        Event event = event("{\"event\\u0049d\": \"e-1\",\"processVersion\":1,\"payload\":{\"eventId\":\"inner\"}}");

        byte[] result = event.edit().apply(event, BATCH, TWO, "new \"id\"").envelope();

        assertThat(result)
                .asString(UTF_8)
                .isEqualTo(
                        "{\"event\\u0049d\": \"new \\\"id\\\"\",\"processVersion\":2,\"payload\":{\"eventId\":\"inner\"},\"correlationId\":\"batch-1\"}");
    }

    @Test
    void writesTheBatchIdAsItIsQuoted() {
        Event event = event(payload("{}"));

        byte[] result = event.edit()
                .apply(event, new BatchLabel("b\"\\\u0001\u00e9"), ProcessVersion.of("2.30"), null)
                .envelope();

        assertThat(result)
                .asString(UTF_8)
                .contains("\"correlationId\":\"b\\\"\\\\\\u0001\u00e9\"", "\"processVersion\":2.3,");
    }

    @Test
    void keepsThePlaceOfAMemberThatGetsANewValue() {
        Event event = event(payload("{ \"a\" : 1 , \"b\" : 2 , \"c\" : 3 }"));

        String result = applied(event.edit().set("b", "two"));

        assertThat(result).endsWith("\"payload\":{ \"a\" : 1 , \"b\" : \"two\" , \"c\" : 3 }}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a   | {\"b\":2,\"c\":3}",
                "b   | {\"a\":1,\"c\":3}",
                "c   | {\"a\":1,\"b\":2}",
                "ab  | {\"c\":3}",
                "bc  | {\"a\":1}",
                "ac  | {\"b\":2}",
                "abc | {}",
                "x   | {\"a\":1,\"b\":2,\"c\":3}",
            })
    void removesMembersWithTheirCommas(String names, String expected) {
        Edit edit = event(payload("{\"a\":1,\"b\":2,\"c\":3}")).edit();

        names.chars().forEach(name -> edit.remove(String.valueOf((char) name)));

        assertThat(applied(edit)).endsWith("\"payload\":" + expected + "}");
    }

    @Test
    void addsToAnEmptyPayload() {
        Edit edit = event(payload("{ }")).edit();

        edit.set("a", "x").set("b", new BigDecimal("-99.990"));

        assertThat(applied(edit)).endsWith("\"payload\":{\"a\":\"x\",\"b\":-99.990 }}");
    }

    @Test
    void addsWhereAllIsRemoved() {
        Edit edit = event(payload("{\"a\":1, \"b\":2}")).edit();

        edit.remove("a").remove("b").set("c", false);

        assertThat(json(applied(edit)).get("payload")).isEqualTo(json("{\"c\":false}"));
    }

    @Test
    void listensToTheLastWord() {
        Edit edit = event(payload("{\"a\":1,\"b\":2}")).edit();

        edit.set("a", "x").remove("a");
        edit.remove("b").set("b", "y");
        edit.set("c", "z").remove("c");
        edit.remove("d").set("d", "1").set("d", "2");

        assertThat(applied(edit)).endsWith("\"payload\":{\"b\":\"y\",\"d\":\"2\"}}");
    }

    @Test
    void meansTheLastOfANameThatIsGivenTwice() {
        Event event = event(payload("{\"a\":1,\"\\u0061\":2,\"b\":3,\"a\":4}"));

        String set = applied(event.edit().set("a", "x"));
        String removed = applied(event.edit().remove("a"));

        assertThat(set).endsWith("\"payload\":{\"a\":1,\"\\u0061\":2,\"b\":3,\"a\":\"x\"}}");
        assertThat(removed).endsWith("\"payload\":{\"b\":3}}");
    }

    @Test
    void editsTheNamedMemberAndNotOneThatIsWrittenAlike() {
        Event event = event(payload("{\"a\\nb\":1,\"a\\\\nb\":2}"));

        String newline = applied(event.edit().set("a\nb", true));
        String backslash = applied(event.edit().set("a\\nb", true));
        String neither = applied(event.edit().remove("a\\\\nb"));

        assertThat(newline).endsWith("{\"a\\nb\":true,\"a\\\\nb\":2}}");
        assertThat(backslash).endsWith("{\"a\\nb\":1,\"a\\\\nb\":true}}");
        assertThat(neither).endsWith("{\"a\\nb\":1,\"a\\\\nb\":2}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "99.990",
                "1e400",
                "-0.0",
                "1E+2",
                "0.10",
                "1234567890123456789012345678901234567890",
                "1e99999999999",
                "\"caf\\u00e9\\/\"",
                "{ \"x\" : [ 1.0 ,2 ] }",
                "null",
                "[]",
            })
    void takesOverAValueAsItStands(String literal) {
        Event event = event(payload("{\"from\": " + literal + " ,\"to\":0}"));

        String result =
                applied(event.edit().set("to", requireNonNull(event.payload().get("from"))));

        assertThat(result).endsWith("\"payload\":{\"from\": " + literal + " ,\"to\":" + literal + "}}");
    }

    @Test
    void writesNumbersWithoutLoss() {
        for (String number :
                new String[] {"99.990", "1E+400", "-1E-400", "0", "12345678901234567890.12345678901234567890"}) {
            Event event = event(payload("{}"));

            String result = applied(event.edit().set("n", new BigDecimal(number)));

            assertThat(result).endsWith("{\"n\":" + number + "}}");
        }
    }

    @Test
    void quotesEveryCharacterSoThatItIsReadAgain() {
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            String text = "a" + c + "b";

            byte[] literal = JsonText.quote(text);

            if (!json(new String(literal, UTF_8)).asText().equals(text)) {
                assertThat(new String(literal, UTF_8))
                        .as("of character %04x", (int) c)
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void escapesOnlyWhatMustBeEscaped() {
        String text = "\"\\/\b\f\n\r\t\u0000\u001f\u007f\u00e9\u20ac\ud83d\ude00\ud83d-\ude00";

        byte[] literal = JsonText.quote(text);

        assertThat(literal)
                .asString(UTF_8)
                .isEqualTo(
                        "\"\\\"\\\\/\\u0008\\u000c\\u000a\\u000d\\u0009\\u0000\\u001f\u007f\u00e9\u20ac\ud83d\ude00\\ud83d-\\ude00\"");
    }

    @Test
    void keepsLoneSurrogatesInNamesAndTexts() {
        Event event = event(payload("{\"\\ud83d\":\"\\ude00\",\"x\":1}"));

        String result = applied(event.edit().set("\ude00", "\ud83d").remove("x"));

        assertThat(result).endsWith("{\"\\ud83d\":\"\\ude00\",\"\\ude00\":\"\\ud83d\"}}");
    }

    @Test
    void leavesTheEventAsItIs() {
        Event event = event(payload("{\"a\":1}"));
        byte[] before = event.envelope().document().clone();
        Edit edit = event.edit().set("a", "x");

        String first = applied(edit);
        String second = applied(edit);
        String other = applied(event.edit());

        assertThat(event.envelope().document()).isEqualTo(before);
        assertThat(second).isEqualTo(first);
        assertThat(other).contains("{\"a\":1}");
    }

    @Test
    void renamesAMemberInItsPlace() {
        Event event = event(payload("{\"a\":1, \"b\" :2.0,\"c\":3}"));

        assertThat(applied(event.edit().rename("b", "z\""))).contains("{\"a\":1, \"z\\\"\" :2.0,\"c\":3}");
        assertThat(applied(event.edit().rename("b", "c"))).contains("{\"a\":1, \"c\" :2.0}");
        assertThat(applied(event.edit().rename("c", "a"))).contains("{\"b\" :2.0,\"a\":3}");
        assertThat(applied(event.edit().rename("nope", "a"))).contains("{\"a\":1, \"b\" :2.0,\"c\":3}");
        assertThat(applied(event.edit().rename("b", "b"))).contains("{\"a\":1, \"b\" :2.0,\"c\":3}");
        assertThat(applied(event.edit().set("d", 4).set("e", 5).rename("d", "f")))
                .contains("\"c\":3,\"f\":4,\"e\":5}");
    }

    @Test
    void findsARenamedMemberByItsNewNameOnly() {
        Edit edit = event(payload("{\"a\":1,\"b\":2}"))
                .edit()
                .rename("a", "c")
                .set("c", 7)
                .set("a", 8);

        assertThat(edit.names()).containsExactly("c", "b", "a");
        assertThat(edit.get("c")).hasToString("7");
        assertThat(applied(edit)).contains("{\"c\":7,\"b\":2,\"a\":8}");
        assertThat(applied(edit.rename("b", "a").remove("c"))).contains("{\"a\":2}");
        assertThat(edit.get("c")).isNull();
    }

    @Test
    void setsTheRenamedMemberAndNotTheOneThatMadeWayForIt() {
        Edit edit = event(payload("{\"a\":1,\"b\":2}")).edit().rename("a", "b").set("b", 3);

        assertThat(applied(edit)).contains("{\"b\":3}");
    }

    @Test
    void goesItsOwnWayAsACopy() {
        Edit edit = event(payload("{\"a\":1,\"b\":2,\"c\":3}"))
                .edit()
                .set("a", 4)
                .set("d", 5)
                .remove("b")
                .rename("c", "e");

        Edit copy = edit.copy().set("a", 6).rename("e", "f").remove("d");

        assertThat(applied(copy)).contains("{\"a\":6,\"f\":3}");
        assertThat(applied(edit)).contains("{\"a\":4,\"e\":3,\"d\":5}");
    }

    private static String payload(String payload) {
        return "{\"eventId\":\"e-1\",\"correlationId\":\"live\",\"processVersion\":1,\"payload\":" + payload + "}";
    }

    private static String applied(Edit edit) {
        return new String(edit.apply(edit.event(), BATCH, TWO, null).envelope(), UTF_8);
    }

    private static JsonNode json(String text) {
        try {
            return JACKSON.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }
}
