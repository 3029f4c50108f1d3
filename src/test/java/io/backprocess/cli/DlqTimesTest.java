package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.SourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DlqTimesTest {
    private static final Instant NOON = Instant.parse("2025-11-14T12:00:00Z");

    private final TimeCounts counts = new TimeCounts();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"2025-11-14T13:30:00+01:00\"; 2025-11-14T12:30:00Z",
                "\"2025-11-14T12:30:00.123Z\"; 2025-11-14T12:30:00.123Z",
                "\"2025-11-14T12:30:00\"; 2025-11-14T12:30:00Z",
                "1763123400; 2025-11-14T12:30:00Z",
                "1763123400123; 2025-11-14T12:30:00Z",
                "1763123400123456; 2025-11-14T12:30:00Z",
                "1763123400123456789; 2025-11-14T12:30:00Z",
                "\"soon\"; 1970-01-01T00:00:05Z",
                "1e999999999; 1970-01-01T00:00:05Z",
                "1e99999999999; 1970-01-01T00:00:05Z",
                "-1; 1970-01-01T00:00:05Z",
                "null; 1970-01-01T00:00:05Z",
                "{}; 1970-01-01T00:00:05Z"
            })
    void isTheEnvelopesOwnOrElseTheRecords(String eventTimestamp, Instant expected) {
        String value = "{\"eventId\":\"e\",\"eventTimestamp\":%s,\"processVersion\":1,\"payload\":{}}"
                .formatted(eventTimestamp);

        assertThat(new EventTime().of(record(value, 5000))).isEqualTo(expected);
    }

    @Test
    void isTheRecordsWhereThereIsNoEnvelopeAndUnknownWhereThatHasNone() {
        assertThat(new EventTime().of(record("{", 5000))).isEqualTo(Instant.ofEpochSecond(5));
        assertThat(new EventTime().of(record(null, 5000))).isEqualTo(Instant.ofEpochSecond(5));
        assertThat(new EventTime().of(record("{", -1))).isNull();
    }

    @Test
    void countsByTheHourAsLongAsThatCanBeLookedAt() {
        counts.add(NOON);
        counts.add(NOON.plusSeconds(3599));
        counts.add(NOON.plusSeconds(3600));
        counts.add(null);

        assertThat(counts.chart().unit()).isEqualTo("hour");
        assertThat(counts.chart().counts()).isEqualTo(Map.of("2025-11-14 12:00", 2L, "2025-11-14 13:00", 1L));
        assertThat(counts.byHour()).isEqualTo(Map.of("2025-11-14T12:00:00Z", 2L, "2025-11-14T13:00:00Z", 1L));
        assertThat(counts.others()).isEqualTo(1);
    }

    @Test
    void countsByDaysMonthsAndYearsWhereThereAreTooMany() {
        spread(Duration.ofHours(1), 49);
        assertThat(counts.chart().unit()).isEqualTo("day");
        assertThat(counts.chart().counts()).isEqualTo(Map.of("2025-11-14", 12L, "2025-11-15", 24L, "2025-11-16", 13L));

        spread(Duration.ofDays(1), 63);
        assertThat(counts.chart().unit()).isEqualTo("month");

        spread(Duration.ofDays(31), 70);
        assertThat(counts.chart().unit()).isEqualTo("year");
    }

    @Test
    void boundsWhatAHostileHistoryMakesItRemember() {
        spread(Duration.ofHours(1), TimeCounts.MAX_HOURS + 10);

        assertThat(counts.byHour()).hasSize(TimeCounts.MAX_HOURS);
        assertThat(counts.others()).isEqualTo(10);
    }

    @Test
    void drawsTheLargestAsWideAsTheTerminal() {
        Map<String, Long> rows = new LinkedHashMap<>();
        rows.put("rejected", 2000L);
        rows.put("tombstone", 1000L);
        rows.put("unexpected", 1L);

        assertThat(BarChart.of("by reason", rows, 41).lines())
                .containsExactly(
                        "by reason",
                        "  rejected    2 000  " + "█".repeat(20),
                        "  tombstone   1 000  " + "█".repeat(10),
                        "  unexpected      1  █");
    }

    private void spread(Duration step, int steps) {
        for (int i = 0; i < steps; i++) {
            counts.add(NOON.plus(step.multipliedBy(i)));
        }
    }

    private static SourceRecord record(@Nullable String value, long timestamp) {
        return new SourceRecord(
                0, 0, timestamp, null, value == null ? null : value.getBytes(UTF_8), new RecordHeaders());
    }
}
