package io.backprocess.render;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts by hour. A chart shows a longer unit if there are too many hours to read. */
public final class TimeCounts {
    /** The limit of distinct hours, eleven years of them. It is needed because a hostile history may name any number of hours. */
    public static final int MAX_HOURS = 100_000;

    private static final long SECONDS = 3600;

    private final TreeMap<Long, Long> hours = new TreeMap<>();
    private long others;

    /**
     * The counts to show.
     *
     * @param counts the counts by the label of their unit, in order of time
     */
    public record Histogram(CalendarUnit unit, Map<String, Long> counts) {}

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
    public Histogram histogram() {
        CalendarUnit unit = CalendarUnit.HOUR;
        Map<String, Long> counts = by(unit);
        while (counts.size() > most(unit)) {
            unit = unit.wider();
            counts = by(unit);
        }
        return new Histogram(unit, counts);
    }

    private static int most(CalendarUnit unit) {
        return switch (unit) {
            case HOUR -> 48;
            case DAY -> 62;
            case MONTH -> 60;
            case YEAR -> Integer.MAX_VALUE;
        };
    }

    private Map<String, Long> by(CalendarUnit unit) {
        Map<String, Long> counts = new LinkedHashMap<>();
        hours.forEach(
                (hour, count) -> counts.merge(unit.label(Instant.ofEpochSecond(hour * SECONDS)), count, Long::sum));
        return counts;
    }
}
