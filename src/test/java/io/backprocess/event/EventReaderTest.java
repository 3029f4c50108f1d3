package io.backprocess.event;

import static io.backprocess.event.Reason.MALFORMED_JSON;
import static io.backprocess.event.Reason.MISSING_CONTEXT;
import static io.backprocess.event.Reason.NOT_AN_ENVELOPE;
import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which records are events, and for which reason the others are not. */
class EventReaderTest {
    private final EventReader reader = new EventReader();

    @Test
    void readsTheFiveFields() {
        Event event =
                event("{\"eventId\":\"e-1\",\"correlationId\":\"live\",\"eventTimestamp\":\"2025-11-14T12:00:00Z\","
                        + "\"processVersion\":1,\"payload\":{\"amount\":99.990}}");

        String correlationId = event.correlationId();
        JsonValue timestamp = event.eventTimestamp();
        JsonValue amount = event.payload().get("amount");

        assertThat(event.eventId()).isEqualTo("e-1");
        assertThat(event.eventIdBytes()).asString(UTF_8).isEqualTo("e-1");
        assertThat(correlationId).isEqualTo("live");
        assertThat(timestamp).hasToString("\"2025-11-14T12:00:00Z\"");
        assertThat(event.processVersion()).isEqualTo(ProcessVersion.of("1"));
        assertThat(amount).hasToString("99.990");
    }

    /** The words that versions wrote which knew only this envelope; {@code verify} compares them in batches of then. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "[1]; the value is no JSON object",
                "{\"processVersion\":1,\"payload\":{}}; eventId is missing",
                "{\"eventId\":7,\"processVersion\":1,\"payload\":{}}; eventId is no text, or empty",
                "{\"eventId\":\"\",\"processVersion\":1,\"payload\":{}}; eventId is no text, or empty",
                "{\"eventId\":\"e\",\"payload\":{}}; processVersion is missing, or no number",
                "{\"eventId\":\"e\",\"processVersion\":\"1\",\"payload\":{}}; processVersion is missing, or no number",
                "{\"eventId\":\"e\",\"processVersion\":1}; payload is missing, or no object",
                "{\"eventId\":\"e\",\"processVersion\":1,\"payload\":[]}; payload is missing, or no object",
                "{\"eventId\":\"e\",\"eventId\":\"e\",\"processVersion\":1,\"payload\":{}}; eventId is given twice",
            })
    void keepsTheWordsOfEarlierBatches(String value, String message) {
        UnreadableException no =
                catchThrowableOfType(UnreadableException.class, () -> new EventReader(EnvelopeMapping.FORMER)
                        .read(recordAt(0, 0, value), value.getBytes(UTF_8)));

        assertThat(no).hasMessage(message);
        assertThat(no.reason()).isEqualTo(NOT_AN_ENVELOPE);
    }

    @Test
    void needsNoMoreThanEventIdVersionAndPayload() {
        Event event = event("{\"payload\":{},\"eventId\":\"e-1\",\"processVersion\":1}");

        String correlationId = event.correlationId();

        assertThat(correlationId).isNull();
        assertThat(event.eventTimestamp()).isNull();
        assertThat(event.payload().size()).isZero();
    }

    @Test
    void letsCorrelationIdAndTimestampBeAnything() {
        Event event = event("{\"eventId\":\"e-1\",\"correlationId\":17,\"eventTimestamp\":null,\"processVersion\":1,"
                + "\"payload\":{},\"more\":[{}]}");

        String correlationId = event.correlationId();

        assertThat(correlationId).as("is no text").isNull();
        assertThat(event.eventTimestamp()).hasToString("null");
        assertThat(event.envelope().names()).contains("more");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\ufeff",
                "{",
                "{\"eventId\":\"e-1\"",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{\"a\":tru",
                "{} {}",
                "{}x",
                "{}\u0000",
                "NaN",
                "{\"eventId\":\"e-1\",\"processVersion\":NaN,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":01,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{\"amount\":NaN}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{\"amount\":Infinity}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{},}",
                "{'eventId':'e-1'}",
                "{eventId:1}",
                "{\"eventId\":\"a\nb\",\"processVersion\":1,\"payload\":{}}",
                "hello",
                "<event/>",
                "e-1,1",
                "[1",
                "[1]]",
                "\"",
            })
    void refusesWhatIsNoJson(String json) {
        UnreadableException no = refused(json.getBytes(UTF_8));

        assertThat(no.reason()).isEqualTo(MALFORMED_JSON);
        assertThat(no).hasMessageMatching(".+ at byte [0-9]+");
    }

    @Test
    void refusesInvalidUtf8WhereverItStands() {
        byte[] json = envelope("e-1", "1", "{\"city\":\"Zurich\"}").getBytes(UTF_8);
        String text = new String(json, UTF_8);
        for (String place : new String[] {"e-1", "live", "eventId", "payload", "city", "Zurich"}) {
            byte[] damaged = json.clone();
            damaged[text.indexOf(place) + 1] = (byte) 0xE9;

            UnreadableException no = refused(damaged);

            assertThat(no.reason()).as("in %s", place).isEqualTo(MALFORMED_JSON);
        }
    }

    @Test
    void refusesEveryCutOffEnvelope() {
        byte[] json = envelope("e-\u00e9\\u00e9", "1.5e0", "{\"a\":[true,null,{\"b\":\"\ud83d\ude00\"}]}")
                .getBytes(UTF_8);
        for (int length = 0; length < json.length; length++) {
            byte[] cut = Arrays.copyOf(json, length);

            UnreadableException no = refused(cut);

            assertThat(no.reason()).as("cut after %d bytes", length).isEqualTo(MALFORMED_JSON);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "\"text\"",
                "17",
                "-1.5e3",
                "true",
                "false",
                "null",
                " [ {} ] ",
                "[{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{}}]",
                // one field missing
                "{\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1}",
                // of the wrong type
                "{\"eventId\":\"\",\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":1,\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":null,\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":[],\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":{},\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":true,\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":\"1\",\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":null,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":true,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":[1],\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":null}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":[]}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":\"{}\"}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":1}",
                // names are case-sensitive
                "{\"EventId\":\"e-1\",\"processVersion\":1,\"payload\":{}}",
                // twice
                "{\"eventId\":\"e-1\",\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"event\\u0049d\":\"e-2\",\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{},\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":1,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{},\"p\\u0061yload\":null}",
                "{\"eventId\":\"e-1\",\"correlationId\":\"a\",\"correlationId\":\"a\",\"processVersion\":1,\"payload\":{}}",
                "{\"eventId\":\"e-1\",\"eventTimestamp\":1,\"eventTimestamp\":1,\"processVersion\":1,\"payload\":{}}",
                // nearly a flat legacy event
                "{\"eventId\":\"e-1\",\"userId\":\"u-1\",\"actionType\":\"Purchased\"}",
                "{\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"timestamp\":1}",
            })
    void refusesWhatIsNoEnvelope(String json) {
        UnreadableException no = refused(json.getBytes(UTF_8));

        assertThat(no.reason()).isEqualTo(NOT_AN_ENVELOPE);
        assertThat(no.getMessage()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"eventId\":\"e-1\",\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"timestamp\":\"2021-01-01T00:00:00Z\"}",
                "{\"timestamp\":1,\"actionType\":null,\"userId\":7,\"eventId\":\"e-1\",\"more\":{}}",
                "{\"eventId\":\"e-1\",\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"timestamp\":1,\"processVersion\":1}",
            })
    void missesTheContextOfAFlatLegacyEvent(String json) {
        UnreadableException no = refused(json.getBytes(UTF_8));

        assertThat(no.reason()).isEqualTo(MISSING_CONTEXT);
    }

    @Test
    void takesALegacyEventsFieldsBesideAPayload() {
        Event event = event("{\"eventId\":\"e-1\",\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"timestamp\":1,"
                + "\"processVersion\":1,\"payload\":{}}");

        String eventId = event.eventId();

        assertThat(eventId).isEqualTo("e-1");
    }

    @Test
    void doesNotTakeThePayloadsMembersForTheEnvelopes() {
        Event event = event(
                "{\"eventId\":\"e-1\",\"payload\":{\"eventId\":\"inner\",\"payload\":{\"processVersion\":7},"
                        + "\"eventId\":\"inner\"},\"processVersion\":1,\"other\":{\"eventId\":\"x\",\"payload\":{\"a\":1}}}");

        String inner = event.payload().text("eventId");

        assertThat(event.eventId()).isEqualTo("e-1");
        assertThat(inner).isEqualTo("inner");
        assertThat(event.payload().names()).containsExactly("eventId", "payload");
        assertThat(event.processVersion()).hasToString("1");
    }

    @Test
    void knowsItsFieldsHoweverTheirNamesAreEscaped() {
        Event event =
                event("{\"event\\u0049d\":\"e-1\",\"\\u0070rocessVersion\":1,\"p\\u0061ylo\\u0061d\":{\"\\u0061\":1},"
                        + "\"corre\\u006c\\u0061tionId\":\"live\"}");

        JsonValue a = event.payload().get("a");

        assertThat(event.eventId()).isEqualTo("e-1");
        assertThat(event.processVersion()).hasToString("1");
        assertThat(event.correlationId()).isEqualTo("live");
        assertThat(a).hasToString("1");
    }

    @Test
    void tellsAnEscapeFromABackslash() {
        Event event = event(envelope("e-1", "1", "{\"a\\nb\":1,\"c\\\\nd\":2,\"\\u0065\":3}"));

        JsonObject payload = event.payload();

        assertThat(payload.names()).containsExactly("a\nb", "c\\nd", "e");
        assertThat(payload.get("a\nb")).hasToString("1");
        assertThat(payload.get("a\\nb")).isNull();
        assertThat(payload.get("c\\nd")).hasToString("2");
        assertThat(payload.get("c\nd")).isNull();
        assertThat(payload.get("\\u0065")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "caf\u00e9",
                "caf\\u00e9",
                "c\\u0061f\u00e9",
                "\\u0063\\u0061\\u0066\\u00E9",
            })
    void hasTheSameEventIdHoweverItIsEscaped(String written) {
        Event event = event(envelope(written));

        byte[] bytes = event.eventIdBytes();

        assertThat(event.eventId()).isEqualTo("caf\u00e9");
        assertThat(bytes).isEqualTo("caf\u00e9".getBytes(UTF_8));
    }

    @Test
    void keepsEventIdsOfLoneSurrogatesApart() {
        byte[] high = event(envelope("\\uD83D")).eventIdBytes();
        byte[] otherHigh = event(envelope("\\uD83E")).eventIdBytes();
        byte[] low = event(envelope("\\uDE00")).eventIdBytes();
        byte[] pair = event(envelope("\\uD83D\\uDE00")).eventIdBytes();
        byte[] question = event(envelope("?")).eventIdBytes();

        assertThat(pair).isEqualTo("\ud83d\ude00".getBytes(UTF_8));
        assertThat(high).isNotEqualTo(otherHigh).isNotEqualTo(low).isNotEqualTo(question);
        assertThat(low).isNotEqualTo(question);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "1e0", "1E0", "10e-1", "0.1e1", "1.000", "100E-2", "0.01e+2"})
    void readsOneVersionInManyWritings(String written) {
        Event event = event(envelope("e-1", written, "{}"));

        ProcessVersion version = event.processVersion();

        assertThat(version).isEqualTo(ProcessVersion.of("1")).hasToString("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e99999999999", "-1e99999999999", "1e-99999999999", "1e1000000000", "1e-1000000000", "1e2147483647",
                "1e2147483648", "1e-2147483648", "100e2147483647", "1.00e-2147483647", "0e99999999999",
                        "0.00e-99999999999",
            })
    void readsAVersionThatNoMachineCanHold(String written) {
        Event event = event(envelope("e-1", written, "{}"));

        ProcessVersion version = event.processVersion();

        assertThat(version.toString()).hasSizeLessThan(50);
        assertThat(version).isEqualTo(event(envelope("e-2", written, "{}")).processVersion());
        assertThat(version).isNotEqualTo(ProcessVersion.of("1"));
    }

    @Test
    void readsThroughByteOrderMarkAndWhiteSpaceEverywhere() {
        Event event = event(
                "\ufeff \n{\t\"eventId\"\r\n:\t\"e-1\" , \"processVersion\" : 1\n,\"payload\"\t:\r{ \"a\" : [ ] } } \r\n\t ");

        JsonValue a = event.payload().get("a");

        assertThat(event.eventId()).isEqualTo("e-1");
        assertThat(event.processVersion()).hasToString("1");
        assertThat(a).hasToString("[ ]");
    }

    @Test
    void readsAPayloadOf900KB() {
        String large = "x".repeat(900_000) + "\\n\ud83d\ude00";
        Event event = event(envelope("e-1", "1", "{\"text\":\"" + large + "\",\"last\":true}"));

        String text = event.payload().text("text");

        assertThat(text).hasSize(900_003).endsWith("x\n\ud83d\ude00");
        assertThat(event.payload().has("last")).isTrue();
    }

    @Test
    void readsAPayloadOfManyMembers() {
        StringBuilder payload = new StringBuilder("{");
        for (int i = 0; i < 10_000; i++) {
            payload.append(i == 0 ? "" : ",")
                    .append("\"m")
                    .append(i)
                    .append("\":")
                    .append(i);
        }
        Event event = event(envelope("e-1", "1", payload.append('}').toString()));

        JsonObject members = event.payload();

        assertThat(members.size()).isEqualTo(10_000);
        assertThat(members.get("m0")).hasToString("0");
        assertThat(members.get("m9999")).hasToString("9999");
    }

    @Test
    void readsNestingUpTo1000() {
        // The envelope and the payload are two of them.
        Event event = event(envelope("e-1", "1", "{\"deep\":" + "[".repeat(998) + "]".repeat(998) + "}"));

        UnreadableException no = refused(envelope("e-1", "1", "{\"deep\":" + "[".repeat(999) + "]".repeat(999) + "}")
                .getBytes(UTF_8));

        assertThat(event.payload().has("deep")).isTrue();
        assertThat(no.reason()).isEqualTo(MALFORMED_JSON);
        assertThat(no).hasMessageContaining("nested deeper than 1000");
    }

    @Test
    void isNotConfusedByWhatItReadBefore() throws Exception {
        SourceRecord first = recordAt(0, 0, envelope("e-1", "1", "{\"a\":1,\"b\":2,\"c\":3}"));
        SourceRecord second = recordAt(0, 1, envelope("e-2", "2", "{\"d\":4}"));
        Event one = reader.read(first, requireNonNull(first.value()));

        refused("{\"payload\":{\"x\":[[[".getBytes(UTF_8));
        Event two = reader.read(second, requireNonNull(second.value()));

        assertThat(one.payload().names()).containsExactly("a", "b", "c");
        assertThat(one.payload().get("b")).hasToString("2");
        assertThat(two.payload().names()).containsExactly("d");
    }

    @Test
    void throwsCheaply() {
        UnreadableException no = refused("{".getBytes(UTF_8));

        StackTraceElement[] trace = no.getStackTrace();

        assertThat(trace).isEmpty();
    }

    private UnreadableException refused(byte[] json) {
        UnreadableException no =
                catchThrowableOfType(UnreadableException.class, () -> reader.read(recordAt(0, 0, ""), json));
        assertThat(no).as("of %s", new String(json, UTF_8)).isNotNull();
        return no;
    }
}
