package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.render.BarChart;
import io.backprocess.render.TimeCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DlqTimesTest {
    private static final Instant NOON = Instant.parse("2025-11-14T12:00:00Z");

    private final TimeCounts counts = new TimeCounts();

    @Test
    void countsByTheHourAsLongAsThatCanBeLookedAt() {
        counts.add(NOON);
        counts.add(NOON.plusSeconds(3599));
        counts.add(NOON.plusSeconds(3600));
        counts.add(null);

        assertThat(counts.histogram().unit()).hasToString("hour");
        assertThat(counts.histogram().counts()).isEqualTo(Map.of("2025-11-14 12:00", 2L, "2025-11-14 13:00", 1L));
        assertThat(counts.byHour()).isEqualTo(Map.of("2025-11-14T12:00:00Z", 2L, "2025-11-14T13:00:00Z", 1L));
        assertThat(counts.others()).isEqualTo(1);
    }

    @Test
    void countsByDaysMonthsAndYearsWhereThereAreTooMany() {
        spread(Duration.ofHours(1), 49);
        assertThat(counts.histogram().unit()).hasToString("day");
        assertThat(counts.histogram().counts())
                .isEqualTo(Map.of("2025-11-14", 12L, "2025-11-15", 24L, "2025-11-16", 13L));

        spread(Duration.ofDays(1), 63);
        assertThat(counts.histogram().unit()).hasToString("month");

        spread(Duration.ofDays(31), 70);
        assertThat(counts.histogram().unit()).hasToString("year");
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
}
