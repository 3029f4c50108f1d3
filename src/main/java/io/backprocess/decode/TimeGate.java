package io.backprocess.decode;

import io.backprocess.batch.ExactTimes;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.EventTime;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of an exact time range, wherever they stand in their partition: from an instant (inclusive) until another
 * (exclusive).
 */
public final class TimeGate implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int MAX_SHOWN = 40;

    /** Where a record's time lies. */
    private enum Place {
        INSIDE,
        OUTSIDE,
        UNKNOWN
    }

    private final ExactTimes times;
    private final @Nullable Instant from;
    private final @Nullable Instant until;

    /**
     * @param from null for any time
     * @param until null for any time
     */
    public TimeGate(ExactTimes times, @Nullable Instant from, @Nullable Instant until) {
        this.times = times;
        this.from = from;
        this.until = until;
    }

    /**
     * What lies outside is {@link Outside}, whatever its version and, by the record's timestamp, whether it can be read or not.
     * An event whose time cannot be read is dead, unless it is of a version that the batch does not take.
     *
     * @param outcome of a record that was decoded
     * @param wanted whether it is an event of the version that the batch takes
     */
    Outcome judge(Outcome outcome, boolean wanted) {
        SourceRecord record = outcome instanceof Event event
                ? event.record()
                : outcome instanceof DeadLetter letter ? letter.record() : null;
        if (record == null) {
            return outcome;
        }
        return switch (times == ExactTimes.RECORD ? place(EventTime.ofRecord(record)) : place(outcome)) {
            case INSIDE -> outcome;
            case OUTSIDE -> new Outside(outcome.partition());
            case UNKNOWN -> outcome instanceof Event event && wanted ? dead(event) : outcome;
        };
    }

    private Place place(Outcome outcome) {
        return outcome instanceof Event event ? place(told(event)) : Place.UNKNOWN;
    }

    /** The zero of those who have no time is none. */
    private static @Nullable Instant told(Event event) {
        JsonValue value = event.eventTimestamp();
        Instant time = value == null ? null : EventTime.parse(value);
        return Instant.EPOCH.equals(time) ? null : time;
    }

    private Place place(@Nullable Instant time) {
        if (time == null) {
            return Place.UNKNOWN;
        }
        boolean inside = (from == null || !time.isBefore(from)) && (until == null || time.isBefore(until));
        return inside ? Place.INSIDE : Place.OUTSIDE;
    }

    private DeadLetter dead(Event event) {
        JsonValue value = event.eventTimestamp();
        String what = times == ExactTimes.RECORD
                ? "the record has no timestamp"
                : value == null
                        ? "eventTimestamp is missing"
                        : "eventTimestamp %s is no time".formatted(excerpt(value));
        return DeadLetter.of(
                event,
                Decoder.STAGE,
                Reason.INVALID_FIELD,
                what + ", so nobody can tell whether it lies in the range of --exact-times");
    }

    private static String excerpt(JsonValue value) {
        int bytes = value.end() - value.start();
        return bytes <= MAX_SHOWN ? value.literal() : "of %s bytes".formatted(bytes);
    }
}
