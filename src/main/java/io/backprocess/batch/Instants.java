package io.backprocess.batch;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/** Parses the instants that a user gives, and converts them to the times of Kafka: whole milliseconds since 1970. */
public final class Instants {
    /** The first instant that a number of milliseconds can express. */
    private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE);

    private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE).minusSeconds(1);

    private Instants() {}

    /** @throws BatchException of kind usage, if the text is not an instant, or not one that a record can have */
    public static Instant parse(String option, String text) {
        List<String> problems = new ArrayList<>();
        Instant instant = parse(option, text, List.of(), problems);
        if (instant == null) {
            throw BatchException.usage(String.join(System.lineSeparator(), problems));
        }
        return instant;
    }

    /**
     * Parses an instant and adds a message to {@code problems} if the text is not valid.
     *
     * @param words the words that are allowed instead of an instant
     * @return the instant; null if the text is one of the words, or if it is not valid
     */
    public static @Nullable Instant parse(String option, String text, List<String> words, List<String> problems) {
        if (words.contains(text)) {
            return null;
        }
        try {
            Instant instant = Instant.parse(text);
            if (!instant.isBefore(FIRST) && !instant.isAfter(LAST)) {
                return instant;
            }
            problems.add("%s %s is too far from 1970 to be the time of a record; give one like 2025-01-31T00:00:00Z"
                    .formatted(option, text));
            return null;
        } catch (DateTimeException e) {
            String otherwise = words.isEmpty() ? "" : ", or '%s'".formatted(String.join("' or '", words));
            problems.add("%s '%s' is not an instant; give one like 2025-01-31T00:00:00Z%s"
                    .formatted(option, text, otherwise));
            return null;
        }
    }

    /**
     * Returns the request for the first record at or after the instant. Instants up to 1970 become the earliest offset, because
     * Kafka uses negative timestamps as special values, such as the latest offset.
     */
    public static OffsetSpec offset(Instant instant) {
        return instant.isAfter(Instant.EPOCH) ? OffsetSpec.forTimestamp(millis(instant)) : OffsetSpec.earliest();
    }

    /** Returns the first millisecond that is not before the instant. */
    static long millis(Instant instant) {
        return instant.plus(Duration.ofMillis(1).minusNanos(1)).toEpochMilli();
    }
}
