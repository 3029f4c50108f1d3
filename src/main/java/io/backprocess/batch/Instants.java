package io.backprocess.batch;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/** Instants that a user gives, and what they are to Kafka, which has whole milliseconds from 1970 on. */
public final class Instants {
    /** Of those that can be told in milliseconds. */
    private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE);

    private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE).minusSeconds(1);

    private Instants() {}

    /** @throws BatchException usage, when it is none, or none that a record can have */
    public static Instant parse(String option, String text) {
        List<String> problems = new ArrayList<>();
        Instant instant = parse(option, text, List.of(), problems);
        if (instant == null) {
            throw BatchException.usage(String.join(System.lineSeparator(), problems));
        }
        return instant;
    }

    /**
     * Null where it is one of the words, or there is a problem.
     *
     * @param words that can stand for an instant
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
            problems.add(
                    "%s %s is no time that a record can have, for it is too far from 1970; give one like 2025-01-31T00:00:00Z"
                            .formatted(option, text));
            return null;
        } catch (DateTimeException e) {
            String otherwise = words.isEmpty() ? "" : ", or '%s'".formatted(String.join("' or '", words));
            problems.add(
                    "%s '%s' is no instant; give one like 2025-01-31T00:00:00Z%s".formatted(option, text, otherwise));
            return null;
        }
    }

    /** The first record at or after the instant. Kafka takes negative timestamps for words of its own, like the latest offset. */
    public static OffsetSpec offset(Instant instant) {
        return instant.isAfter(Instant.EPOCH) ? OffsetSpec.forTimestamp(millis(instant)) : OffsetSpec.earliest();
    }

    /** The first millisecond that is not before the instant. */
    static long millis(Instant instant) {
        return instant.plus(Duration.ofMillis(1).minusNanos(1)).toEpochMilli();
    }
}
