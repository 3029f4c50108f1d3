package io.backprocess.render;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Formats figures for people, in the same words on a terminal, in a message and, by {@link PageWords}, on a page. */
public final class Words {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    /** Formats a count as {@code 1 234 567}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count).replace(',', ' ');
    }

    /** Formats a rate as {@code 12.3}, or as {@code 1 234} from a hundred on. */
    public static String rate(double perSecond) {
        return perSecond < 100 ? String.format(Locale.ROOT, "%.1f", perSecond) : count(Math.round(perSecond));
    }

    /** Formats a share as {@code 4.8 %}. Only an empty part is 0 %, and only the whole is 100 %. */
    public static String share(long part, long whole) {
        if (whole == 0) {
            return "-";
        }
        double percent = 100.0 * part / whole;
        String text = percent > 0 && percent < 0.01
                ? "< 0.01"
                : String.format(Locale.ROOT, percent < 1 || percent > 99 ? "%.2f" : "%.1f", percent);
        if (text.equals("100.00") && part != whole) {
            text = "> 99.99";
        }
        return text + " %";
    }

    /** Formats a percentage as {@code 12.3 %}. */
    public static String percent(double percent) {
        return String.format(Locale.ROOT, "%.1f %%", percent);
    }

    public static String duration(Duration duration) {
        return duration.toDays() > 0
                ? "%d d %02d h".formatted(duration.toDays(), duration.toHoursPart())
                : duration.toHours() > 0
                        ? "%d h %02d min".formatted(duration.toHours(), duration.toMinutesPart())
                        : duration.toMinutes() > 0
                                ? "%d min %02d s".formatted(duration.toMinutes(), duration.toSecondsPart())
                                : duration.toSeconds() + " s";
    }

    /** Formats a time as {@code 2025-11-15 08:30:00 UTC}. */
    public static String time(Instant time) {
        return TIME.format(time.truncatedTo(ChronoUnit.SECONDS)) + " UTC";
    }
}
