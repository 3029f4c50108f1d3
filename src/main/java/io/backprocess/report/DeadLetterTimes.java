package io.backprocess.report;

import io.backprocess.render.CalendarUnit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts dead letters by reason and event time, one by one. The unit of time is an hour, or a day, a month or a year if there
 * would be too many hours. Its size does not depend on the number of dead letters or on their content.
 */
public final class DeadLetterTimes {
    private static final int MAX_HOURS = 72;
    private static final int MAX_DAYS = 366;
    private static final int MAX_MONTHS = 240;
    private static final int MAX_BARS = 400;

    private final SortedMap<Instant, SortedMap<String, Long>> byTime = new TreeMap<>();
    private final SortedMap<String, Long> byReason = new TreeMap<>();
    private CalendarUnit unit = CalendarUnit.HOUR;
    private long counted;
    private long undated;
    private boolean sample;

    /**
     * Counts a dead letter.
     *
     * @param time the event time; null if it is not known
     * @param reason one of a closed list, so that the number of counts is bounded
     */
    void add(@Nullable Instant time, String reason) {
        counted++;
        byReason.merge(reason, 1L, Long::sum);
        if (time == null) {
            undated++;
            return;
        }
        byTime.computeIfAbsent(unit.floor(time), start -> new TreeMap<>()).merge(reason, 1L, Long::sum);
        while (byTime.size() > most(unit)) {
            collapse(unit.wider());
        }
    }

    private static int most(CalendarUnit unit) {
        return switch (unit) {
            case HOUR -> MAX_HOURS;
            case DAY -> MAX_DAYS;
            case MONTH -> MAX_MONTHS;
            case YEAR -> Integer.MAX_VALUE;
        };
    }

    private void collapse(CalendarUnit wider) {
        SortedMap<Instant, SortedMap<String, Long>> narrow = new TreeMap<>(byTime);
        byTime.clear();
        unit = wider;
        narrow.forEach((start, reasons) -> {
            SortedMap<String, Long> sum = byTime.computeIfAbsent(unit.floor(start), any -> new TreeMap<>());
            reasons.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        });
    }

    /** Notes that only a sample of the dead letters was read. */
    void markAsSample() {
        sample = true;
    }

    boolean isSample() {
        return sample;
    }

    long counted() {
        return counted;
    }

    /** Returns the number of dead letters without a known event time. */
    long undated() {
        return undated;
    }

    CalendarUnit unit() {
        return unit;
    }

    SortedMap<String, Long> byReason() {
        return byReason;
    }

    /**
     * Returns the starts of the time units that have dead letters, in order. Empty units between them are included unless that
     * makes more than {@value #MAX_BARS}.
     */
    List<Instant> spans() {
        List<Instant> all = new ArrayList<>();
        if (byTime.isEmpty()) {
            return all;
        }
        for (Instant start = byTime.firstKey(); !start.isAfter(byTime.lastKey()); start = unit.next(start)) {
            all.add(start);
            if (all.size() > MAX_BARS) {
                return List.copyOf(byTime.keySet());
            }
        }
        return all;
    }

    /** Formats the start of a time unit. An hour has no year, so that its label is short: {@code 01-31 08:00}. */
    String label(Instant span) {
        String label = unit.label(span);
        return unit == CalendarUnit.HOUR ? label.substring(5) : label;
    }

    long count(Instant span, String reason) {
        return byTime.getOrDefault(span, new TreeMap<>()).getOrDefault(reason, 0L);
    }

    long count(Instant span) {
        return byTime.getOrDefault(span, new TreeMap<>()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Returns the start of the time unit with the most dead letters, and their number; null if no event time is known. */
    Map.@Nullable Entry<Instant, Long> peak() {
        return byTime.keySet().stream()
                .map(start -> Map.entry(start, count(start)))
                .max(Map.Entry.comparingByValue())
                .orElse(null);
    }
}
