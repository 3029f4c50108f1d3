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
 * Takes the records of an exact time range, wherever they are in their partition: from an instant (inclusive) until another
 * (exclusive).
 */
public final class TimeGate implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int MAX_SHOWN = 40;

    /** Says whether a record's time is in the range. */
    private enum TimePosition {
        INSIDE,
        OUTSIDE,
        UNKNOWN
    }

    private final ExactTimes times;
    private final @Nullable Instant from;
    private final @Nullable Instant until;

    /**
     * @param from the first instant of the range; null for no lower limit
     * @param until the first instant after the range; null for no upper limit
     */
    public TimeGate(ExactTimes times, @Nullable Instant from, @Nullable Instant until) {
        this.times = times;
        this.from = from;
        this.until = until;
    }

    /**
     * Decides what becomes of a record. A record outside of the range is {@link Outside}, whatever its version. When the
     * range uses the record's timestamp, this includes records that cannot be decoded. An event whose time cannot be read is
     * a dead letter, unless the batch does not take its version.
     *
     * @param outcome the outcome of a decoded record
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

    private TimePosition place(Outcome outcome) {
        return outcome instanceof Event event ? place(told(event)) : TimePosition.UNKNOWN;
    }

    /**
     * Returns the event's own time; null when it has none. Writers without a time write zero, so the epoch counts as none.
     */
    private static @Nullable Instant told(Event event) {
        Instant time = event.time();
        return Instant.EPOCH.equals(time) ? null : time;
    }

    private TimePosition place(@Nullable Instant time) {
        if (time == null) {
            return TimePosition.UNKNOWN;
        }
        boolean inside = (from == null || !time.isBefore(from)) && (until == null || time.isBefore(until));
        return inside ? TimePosition.INSIDE : TimePosition.OUTSIDE;
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
