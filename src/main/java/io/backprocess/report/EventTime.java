package io.backprocess.report;

import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.JsonValue;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * When what a dead letter tells of happened: the envelope's eventTimestamp where that can be read, else the record's own
 * timestamp. A time that no event of a Kafka history can have is none, and so is the zero of those who have no time.
 */
final class EventTime {
    private static final Instant LAST = Instant.parse("2100-01-01T00:00:00Z");
    /** A longer text or number is no time, and would only take long to parse. */
    private static final int MAX_LENGTH = 48;

    private static final BigDecimal FIRST_MILLIS = BigDecimal.valueOf(100_000_000_000L);
    private static final BigDecimal LAST_MILLIS = BigDecimal.valueOf(LAST.toEpochMilli());

    private final EventReader reader = new EventReader();

    @Nullable
    Instant of(ConsumerRecord<byte[], byte[]> letter) {
        Instant time = plausible(said(letter));
        return time != null ? time : plausible(Instant.ofEpochMilli(letter.timestamp()));
    }

    private @Nullable Instant said(ConsumerRecord<byte[], byte[]> letter) {
        if (letter.value() == null) {
            return null;
        }
        try {
            Event event = reader.read(
                    new SourceRecord(
                            letter.partition(),
                            letter.offset(),
                            letter.timestamp(),
                            letter.key(),
                            letter.value(),
                            letter.headers()),
                    letter.value());
            JsonValue time = event.eventTimestamp();
            return time == null || time.end() - time.start() > MAX_LENGTH ? null : parse(time);
        } catch (UnreadableException | DateTimeException | ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Instant parse(JsonValue time) {
        String text = time.text();
        if (text != null) {
            TemporalAccessor parsed =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(text, ZonedDateTime::from, LocalDateTime::from);
            return parsed instanceof ZonedDateTime zoned
                    ? zoned.toInstant()
                    : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
        }
        BigDecimal number = time.number();
        if (number == null || number.signum() < 0 || number.compareTo(LAST_MILLIS) > 0) {
            return null;
        }
        // Seconds reach the year 5138 before milliseconds get out of 1973.
        return number.compareTo(FIRST_MILLIS) < 0
                ? Instant.ofEpochSecond(number.longValue())
                : Instant.ofEpochMilli(number.longValue());
    }

    private static @Nullable Instant plausible(@Nullable Instant time) {
        return time == null || !time.isAfter(Instant.EPOCH) || !time.isBefore(LAST) ? null : time;
    }
}
