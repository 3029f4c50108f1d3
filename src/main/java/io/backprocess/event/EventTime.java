package io.backprocess.event;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import org.jspecify.annotations.Nullable;

/** When what a record tells of has happened. */
public final class EventTime {
    private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");
    /** A longer text or number is no time, and would only take long to parse. */
    private static final int MAX_LENGTH = 48;
    /** More digits than a count of nanoseconds has. */
    private static final int MAX_DIGITS = 19;
    /** As seconds the year 5138; as milliseconds, microseconds or nanoseconds 1973 at the latest. */
    private static final BigDecimal FIRST_OF_NEXT_UNIT = BigDecimal.valueOf(100_000_000_000L);

    private final EventReader reader = new EventReader();

    /**
     * The envelope's {@code eventTimestamp} where it can be read, else the record's own. Null where neither is a time that an
     * event of a Kafka history can have; the zero of those who have no time is none.
     */
    public @Nullable Instant of(SourceRecord record) {
        Instant told = plausible(told(record));
        return told != null ? told : plausible(Instant.ofEpochMilli(record.timestamp()));
    }

    /** What Kafka has; null where it has none. */
    public static @Nullable Instant ofRecord(SourceRecord record) {
        return record.timestamp() < 0 ? null : Instant.ofEpochMilli(record.timestamp());
    }

    private @Nullable Instant told(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return null;
        }
        try {
            JsonValue time = reader.read(record, value).eventTimestamp();
            return time == null ? null : parse(time);
        } catch (UnreadableException e) {
            // It is dead for a reason.
            return null;
        }
    }

    /**
     * Text in the form of ISO 8601, taken for UTC where it has no offset, or a number of seconds, milliseconds, microseconds or
     * nanoseconds since 1970, told apart by their size. Null where it is none of these.
     */
    public static @Nullable Instant parse(JsonValue time) {
        if (time.end() - time.start() > MAX_LENGTH) {
            return null;
        }
        try {
            String text = time.text();
            return text == null ? ofNumber(time.number()) : ofText(text);
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private static Instant ofText(String text) {
        TemporalAccessor parsed =
                DateTimeFormatter.ISO_DATE_TIME.parseBest(text, ZonedDateTime::from, LocalDateTime::from);
        return parsed instanceof ZonedDateTime zoned
                ? zoned.toInstant()
                : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
    }

    private static @Nullable Instant ofNumber(@Nullable BigDecimal number) {
        // The digits before the point first: to compare 1e2147483647 would write them out.
        if (number == null || number.signum() < 0 || (long) number.precision() - number.scale() > MAX_DIGITS) {
            return null;
        }
        BigDecimal seconds = number;
        while (seconds.compareTo(FIRST_OF_NEXT_UNIT) >= 0) {
            seconds = seconds.movePointLeft(3);
        }
        long nanos = seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue();
        return Instant.ofEpochSecond(seconds.longValue(), nanos);
    }

    private static @Nullable Instant plausible(@Nullable Instant time) {
        return time == null || !time.isAfter(Instant.EPOCH) || !time.isBefore(LAST) ? null : time;
    }
}
