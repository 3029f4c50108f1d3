package io.backprocess.event;

import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlatEventTest {
    private static final Origin SOURCE = new Origin("users", 1, 17);
    private static final ProcessVersion VERSION = ProcessVersion.of("1");

    @Test
    void becomesAnEnvelopeWithTheContextAndWhereThatCameFrom() {
        String flat =
                "{\"eventId\":\"e-1\",\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"timestamp\":\"2021-01-01T00:00:00Z\"}";
        String context = "{\"plan\":\"premium\",\"itemSku\":\"SKU-PREMIUM-1\"}";

        assertThat(with(flat, context))
                .isEqualTo("{\"eventId\":\"e-1\",\"correlationId\":null,\"eventTimestamp\":\"2021-01-01T00:00:00Z\","
                        + "\"processVersion\":1,\"payload\":{\"userId\":\"u-1\",\"actionType\":\"Purchased\","
                        + "\"plan\":\"premium\",\"itemSku\":\"SKU-PREMIUM-1\"},\"contextSource\":\"users/1/17\"}");
    }

    @Test
    void keepsWhatTheEventSaysItselfByteForByte() {
        String flat = "{ \"userId\" : 7, \"eventId\":\"\\u0065-1\",\"actionType\":\"x\", \"amount\": 99.990,"
                + "\"processVersion\":1.0,\"correlationId\":\"web\",\"timestamp\":1609459200000,\"no\\u0074e\":\"caf\\u00e9\"}";
        String context = "{\"userId\":8,\"amount\":1,\"note\":\"theirs\",\"caf\\u00e9\": 1e400,\"eventId\":\"other\"}";

        assertThat(with(flat, context))
                .isEqualTo("{\"eventId\":\"\\u0065-1\",\"correlationId\":\"web\",\"eventTimestamp\":1609459200000,"
                        + "\"processVersion\":1.0,\"payload\":{\"userId\" : 7,\"actionType\":\"x\",\"amount\": 99.990,"
                        + "\"no\\u0074e\":\"caf\\u00e9\",\"caf\\u00e9\": 1e400},\"contextSource\":\"users/1/17\"}");
    }

    @Test
    void isAnEventThatCanBeReadAndEdited() throws Exception {
        String flat =
                "{\"eventId\":\"e-1\",\"userId\":\"u-1\",\"actionType\":\"x\",\"timestamp\":\"2021-01-01T00:00:00Z\"}";
        SourceRecord record = recordAt(0, 5, flat);

        Event event =
                new EventReader().read(record, with(flat, "{\"plan\":\"a\"}").getBytes(UTF_8));

        assertThat(event.record()).isSameAs(record);
        assertThat(event.eventTime()).isEqualTo("2021-01-01T00:00:00Z");
        assertThat(event.payload().text("plan")).isEqualTo("a");
        assertThat(new String(
                        event.edit()
                                .set("plan", "b")
                                .apply(event, new BatchLabel("batch"), ProcessVersion.of("2"), null)
                                .envelope(),
                        UTF_8))
                .startsWith("{\"eventId\":\"e-1\",\"correlationId\":\"batch\",")
                .contains("\"processVersion\":2,")
                .contains("\"plan\":\"b\"")
                .endsWith("\"contextSource\":\"users/1/17\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {"\"u-1\";u-1", "\"\\u00fc\";ü", "17;17", "1.50;1.50", "\"\";", "null;", "true;", "{};", "[1];"})
    void saysWhomItHappenedToByTextOrANumber(String json, @Nullable String subject) {
        byte[] found =
                FlatEvent.of(("{\"userId\":" + json + "}").getBytes(UTF_8)).subject("userId");

        assertThat(found == null ? null : new String(found, UTF_8)).isEqualTo(subject);
    }

    @Test
    void saysWhenItHappened() {
        assertThat(FlatEvent.of("{\"timestamp\":\"2021-01-01T01:00:00+01:00\"}".getBytes(UTF_8))
                        .time())
                .isEqualTo(Instant.parse("2021-01-01T00:00:00Z"));
        assertThat(FlatEvent.of("{\"timestamp\":\"soon\"}".getBytes(UTF_8)).time())
                .isNull();
        assertThat(FlatEvent.of("{}".getBytes(UTF_8)).time()).isNull();
    }

    private static String with(String flat, String context) {
        byte[] envelope = FlatEvent.of(flat.getBytes(UTF_8)).with(context.getBytes(UTF_8), SOURCE, VERSION);
        if (envelope == null) {
            throw new AssertionError(context);
        }
        return new String(envelope, UTF_8);
    }
}
