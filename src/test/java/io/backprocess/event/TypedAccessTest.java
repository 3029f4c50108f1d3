package io.backprocess.event;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A revision asks for what it needs, and gets null where there is none of that kind. */
class TypedAccessTest {
    @Test
    void givesEachKindInItsType() {
        JsonObject payload = event(
                        envelope(
                                "e-1",
                                "1",
                                "{\"t\":\"x\",\"n\":99.990,\"b\":true,\"o\":{\"a\":1},\"e\":[1,2],\"i\":\"2025-11-15T18:30:00+09:00\",\"z\":null}"))
                .payload();

        assertThat(payload.text("t")).isEqualTo("x");
        assertThat(payload.number("n")).isEqualTo(new BigDecimal("99.990"));
        assertThat(payload.bool("b")).isTrue();
        assertThat(payload.object("o")).isNotNull();
        assertThat(payload.elements("e")).hasSize(2);
        assertThat(payload.instant("i")).isEqualTo(Instant.parse("2025-11-15T09:30:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "z", "other"})
    void givesNullForWhatIsAbsentOrNullOrOfAnotherKind(String name) {
        JsonObject all =
                event(envelope("e-1", "1", "{\"z\":null,\"other\":[]}")).payload();
        JsonObject elements =
                event(envelope("e-1", "1", "{\"z\":null,\"other\":{}}")).payload();

        assertThat(all.text(name)).isNull();
        assertThat(all.number(name)).isNull();
        assertThat(all.bool(name)).isNull();
        assertThat(all.object(name)).isNull();
        assertThat(all.instant(name)).isNull();
        assertThat(elements.elements(name)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-15T09:30:00Z, 2025-11-15T09:30:00Z",
        "2025-11-15T09:30:00.123456789Z, 2025-11-15T09:30:00.123456789Z",
        "2025-11-15T09:30+01:00, 2025-11-15T08:30:00Z",
        "2025-11-15T09:30:00,",
        "2025-11-15,",
        "yesterday,",
        "'',",
    })
    void takesATimeOnlyWithItsOffset(String text, String expected) {
        Event event = event(
                "{\"eventId\":\"e-1\",\"eventTimestamp\":\"%s\",\"processVersion\":1,\"payload\":{}}".formatted(text));

        assertThat(event.eventTime()).isEqualTo(expected == null ? null : Instant.parse(expected));
    }

    @Test
    void knowsNoTimeWhereTheEnvelopeSaysNoneOrANumber() {
        assertThat(event("{\"eventId\":\"e-1\",\"processVersion\":1,\"payload\":{}}")
                        .eventTime())
                .isNull();
        assertThat(event("{\"eventId\":\"e-1\",\"eventTimestamp\":1763200800,\"processVersion\":1,\"payload\":{}}")
                        .eventTime())
                .isNull();
    }

    @Test
    void readsAValueOfText() {
        assertThat(JsonValue.parse(" [1, 2.50] ")).hasToString("[1, 2.50]");
        assertThatThrownBy(() -> JsonValue.parse("{\"a\":}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at byte 5")
                .hasMessageContaining("{\"a\":}");
        assertThatThrownBy(() -> JsonValue.parse("1 2")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonValue.parse("")).isInstanceOf(IllegalArgumentException.class);
    }
}
