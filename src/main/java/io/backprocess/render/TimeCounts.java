package io.backprocess.render;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts by the hour, and by something longer where these are too many to be looked at. */
public final class TimeCounts {
    /** Eleven years of hours; a hostile history may name any number of them. */
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
     * What there is to show.
     *
     * @param unit hour, day, month or year
     */
    public record Chart(String unit, Map<String, Long> counts) {}

    /** @param time null where it is not known */
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

    /** Those of no known time, and of hours beyond the {@value #MAX_HOURS} that are counted. */
    public long others() {
        return others;
    }

    /** The beginning of each hour. */
    public Map<String, Long> byHour() {
        Map<String, Long> counts = new LinkedHashMap<>();
        hours.forEach((hour, count) ->
                counts.put(Instant.ofEpochSecond(hour * SECONDS).toString(), count));
        return counts;
    }

    /** By the shortest unit of which there are not too many. */
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
