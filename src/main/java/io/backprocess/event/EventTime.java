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

/** The time at which the event of a record happened. */
public final class EventTime {
    private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");
    /** A longer text or number is not a time, and would be slow to parse. */
    private static final int MAX_LENGTH = 48;
    /** The most digits that a count of nanoseconds has. */
    private static final int MAX_DIGITS = 19;
    /**
     * The smallest number that is read in the next smaller unit. As seconds it is the year 5138. As milliseconds, microseconds or
     * nanoseconds it is 1973 at the latest.
     */
    private static final BigDecimal FIRST_OF_NEXT_UNIT = BigDecimal.valueOf(100_000_000_000L);

    private final EventReader reader;

    /** Reads the times of records with Backprocess's own envelope. */
    public EventTime() {
        this(EnvelopeMapping.OWN);
    }

    /** @param mapping where records keep their time */
    public EventTime(EnvelopeMapping mapping) {
        this.reader = new EventReader(mapping);
    }

    /**
     * Returns the envelope's {@code eventTimestamp} where it can be read, and otherwise the record's own timestamp. It returns
     * null where neither is a plausible time for an event of a Kafka history. Zero, which systems without a time write, counts as
     * no time.
     */
    public @Nullable Instant of(SourceRecord record) {
        Instant told = plausible(told(record));
        return told != null ? told : plausible(Instant.ofEpochMilli(record.timestamp()));
    }

    /** Returns the record's Kafka timestamp; null where it has none. */
    public static @Nullable Instant ofRecord(SourceRecord record) {
        return record.timestamp() < 0 ? null : Instant.ofEpochMilli(record.timestamp());
    }

    private @Nullable Instant told(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return null;
        }
        try {
            return reader.read(record, value).time();
        } catch (UnreadableException e) {
            // The record becomes a dead letter with a reason of its own.
            return null;
        }
    }

    /**
     * Parses a time. It accepts text in ISO 8601, read as UTC where it has no offset. It also accepts a number of seconds,
     * milliseconds, microseconds or nanoseconds since 1970. The unit follows from the number's size. It returns null for any
     * other value.
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
        // The digits before the point are checked first, because comparing 1e2147483647 would write them all out.
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
