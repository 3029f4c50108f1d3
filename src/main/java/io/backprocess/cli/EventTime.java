package io.backprocess.cli;

import io.backprocess.event.EventReader;
import io.backprocess.event.JsonValue;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** When what a record tells of has happened. */
final class EventTime {
    /** More digits than a count of nanoseconds has. */
    private static final int MAX_DIGITS = 19;

    private final EventReader reader = new EventReader();

    /** The envelope's {@code eventTimestamp} where it can be read, else the record's own; null where it has none. */
    @Nullable
    Instant of(SourceRecord record) {
        byte[] value = record.value();
        if (value != null) {
            try {
                Instant told = parse(reader.read(record, value).eventTimestamp());
                if (told != null) {
                    return told;
                }
            } catch (UnreadableException | DateTimeException | NumberFormatException e) {
                // It is dead for a reason.
                return ofRecord(record);
            }
        }
        return ofRecord(record);
    }

    static @Nullable Instant ofRecord(SourceRecord record) {
        return record.timestamp() < 0 ? null : Instant.ofEpochMilli(record.timestamp());
    }

    private static @Nullable Instant parse(@Nullable JsonValue value) {
        if (value == null) {
            return null;
        }
        String text = value.text();
        if (text != null) {
            return parse(text);
        }
        BigDecimal number = value.number();
        return number == null || number.signum() < 0 || number.precision() - number.scale() > MAX_DIGITS
                ? null
                : fromEpoch(number.longValue());
    }

    private static Instant parse(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        }
    }

    /** Seconds, milliseconds, microseconds or nanoseconds: told apart by their size, since 1973. */
    private static @Nullable Instant fromEpoch(long number) {
        if (number < 0) {
            return null;
        }
        long seconds = number;
        while (seconds >= 100_000_000_000L) {
            seconds /= 1000;
        }
        return Instant.ofEpochSecond(seconds);
    }
}
