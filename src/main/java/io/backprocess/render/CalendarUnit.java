package io.backprocess.render;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The units by which charts count times, in UTC. */
public enum CalendarUnit {
    HOUR,
    DAY,
    MONTH,
    YEAR;

    /** Returns the next longer unit; a year is the longest. */
    public CalendarUnit wider() {
        return this == HOUR ? DAY : this == DAY ? MONTH : YEAR;
    }

    /** Returns the start of the unit that holds this time. */
    public Instant floor(Instant time) {
        return switch (this) {
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
            case DAY -> time.truncatedTo(ChronoUnit.DAYS);
            case MONTH -> start(month(time));
            case YEAR -> start(YearMonth.of(month(time).getYear(), 1));
        };
    }

    /** Returns the start of the unit after the one that starts at this time. */
    public Instant next(Instant start) {
        return switch (this) {
            case HOUR -> start.plus(1, ChronoUnit.HOURS);
            case DAY -> start.plus(1, ChronoUnit.DAYS);
            case MONTH -> start(month(start).plusMonths(1));
            case YEAR -> start(month(start).plusYears(1));
        };
    }

    /** Formats the unit that holds this time, as {@code 2025-01-31 08:00}, {@code 2025-01-31}, {@code 2025-01} or {@code 2025}. */
    public String label(Instant time) {
        String iso = floor(time).toString();
        return switch (this) {
            case HOUR -> iso.substring(0, 10) + " " + iso.substring(11, 16);
            case DAY -> iso.substring(0, 10);
            case MONTH -> iso.substring(0, 7);
            case YEAR -> iso.substring(0, 4);
        };
    }

    private static YearMonth month(Instant time) {
        return YearMonth.from(time.atZone(ZoneOffset.UTC));
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Returns the unit as people write it: {@code hour}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
