package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.apache.kafka.clients.admin.OffsetSpec.EarliestSpec;
import org.apache.kafka.clients.admin.OffsetSpec.TimestampSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstantsTest {
    /** To Kafka -1 is the latest offset, -3 the one with the largest timestamp, and other numbers below 0 are none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1969-12-31T23:59:59.999Z",
                "1969-12-31T23:59:59.998Z",
                "1969-12-31T23:59:59.997Z",
                "1969-12-31T23:59:59.9999Z",
                "0001-01-01T00:00:00Z",
                "1970-01-01T00:00:00Z"
            })
    void takesInstantsBeforeKafkasTimeForTheBeginning(String text) {
        Instant instant = Instants.parse("--from", text);

        assertThat(Instants.offset(instant)).isInstanceOf(EarliestSpec.class);
    }

    @Test
    void looksForTheFirstMillisecondThatIsNotBefore() {
        assertThat(millis("1970-01-01T00:00:00.000000001Z")).isEqualTo(1);
        assertThat(millis("2025-01-01T00:00:00Z")).isEqualTo(1_735_689_600_000L);
        assertThat(millis("2025-01-01T00:00:00.000000001Z")).isEqualTo(1_735_689_600_001L);
        assertThat(millis("2025-01-01T00:00:00.001Z")).isEqualTo(1_735_689_600_001L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"+292278994-08-17T07:12:55.808Z", "+1000000000-12-31T23:59:59Z", "-1000000000-01-01T00:00:00Z"})
    void refusesWhatNoRecordCanHave(String text) {
        assertThatThrownBy(() -> Instants.parse("--since", text))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.USAGE))
                .hasMessage(
                        "--since %s is too far from 1970 to be the time of a record; give one like 2025-01-31T00:00:00Z"
                                .formatted(text));
    }

    private static long millis(String text) {
        Instant instant = Instants.parse("--from", text);
        assertThat(Instants.offset(instant)).isInstanceOf(TimestampSpec.class);
        return Instants.millis(instant);
    }
}
