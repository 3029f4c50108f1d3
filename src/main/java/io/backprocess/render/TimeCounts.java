package io.backprocess.render;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts by hour. A chart shows a longer unit if there are too many hours to read. */
public final class TimeCounts {
    /** The limit of distinct hours, eleven years of them. It is needed because a hostile history may name any number of hours. */
    public static final int MAX_HOURS = 100_000;

    private static final long SECONDS = 3600;

    private static final List<Unit> UNITS = List.of(
            new Unit("hour", 48, DateTimeFormatter.ofPattern("yyyy-MM-dd HH:00")),
            new Unit("day", 62, DateTimeFormatter.ofPattern("yyyy-MM-dd")),
            new Unit("month", 60, DateTimeFormatter.ofPattern("yyyy-MM")),
            new Unit("year", Integer.MAX_VALUE, DateTimeFormatter.ofPattern("yyyy")));

    private final TreeMap<Long, Long> hours = new TreeMap<>();
    private long others;

    private record Unit(String name, int max, DateTimeFormatter format) {}

    /**
     * The counts to show.
     *
     * @param unit hour, day, month or year
     * @param counts the counts by the label of their unit, in order of time
     */
    public record Chart(String unit, Map<String, Long> counts) {}

    /** @param time null if it is not known */
    public void add(@Nullable Instant time) {
        if (time == null) {
            others++;
            return;
        }
        long hour = Math.floorDiv(time.getEpochSecond(), SECONDS);
        if (hours.size() < MAX_HOURS || hours.containsKey(hour)) {
            hours.merge(hour, 1L, Long::sum);
        } else {
            others++;
        }
    }

    /** Returns the count of those without a known time and of those in hours beyond the limit of {@value #MAX_HOURS}. */
    public long others() {
        return others;
    }

    /** Returns the counts by the beginning of each hour, in order of time. */
    public Map<String, Long> byHour() {
        Map<String, Long> counts = new LinkedHashMap<>();
        hours.forEach((hour, count) ->
                counts.put(Instant.ofEpochSecond(hour * SECONDS).toString(), count));
        return counts;
    }

    /** Returns the counts by the shortest unit that does not give too many rows. */
    public Chart chart() {
        Chart chart = new Chart("hour", Map.of());
        for (Unit unit : UNITS) {
            chart = new Chart(unit.name, by(unit));
            if (chart.counts.size() <= unit.max) {
                break;
            }
        }
        return chart;
    }

    private Map<String, Long> by(Unit unit) {
        Map<String, Long> counts = new LinkedHashMap<>();
        hours.forEach((hour, count) -> counts.merge(
                unit.format.format(Instant.ofEpochSecond(hour * SECONDS).atOffset(ZoneOffset.UTC)), count, Long::sum));
        return counts;
    }
}
