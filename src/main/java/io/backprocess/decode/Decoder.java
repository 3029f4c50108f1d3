package io.backprocess.decode;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.EventReader;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import org.jspecify.annotations.Nullable;

/** Turns bytes into an event or a dead letter. One instance serves one thread. */
public final class Decoder {
    public static final String STAGE = "decode";

    private final @Nullable LegacyContextJoin legacyJoin;
    private final EventReader reader;

    /** @param legacyJoin gives flat events their context; null when they stay dead letters */
    public Decoder(@Nullable LegacyContextJoin legacyJoin) {
        this.legacyJoin = legacyJoin;
        this.reader = legacyJoin == null ? new EventReader() : legacyJoin.reader();
    }

    /** Returns an event, or a dead letter. */
    public Outcome decode(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return DeadLetter.of(record, STAGE, Reason.TOMBSTONE, "the record's value is null");
        }
        try {
            return reader.read(record, value);
        } catch (UnreadableException e) {
            return e.reason() == Reason.MISSING_CONTEXT && legacyJoin != null
                    ? rescued(record, value, legacyJoin)
                    : dead(record, e);
        }
    }

    private Outcome rescued(SourceRecord record, byte[] value, LegacyContextJoin legacyJoin) {
        try {
            return legacyJoin.join(record, value, reader);
        } catch (UnreadableException e) {
            return dead(record, e);
        }
    }

    private static DeadLetter dead(SourceRecord record, UnreadableException e) {
        return DeadLetter.of(record, STAGE, e.reason(), String.valueOf(e.getMessage()), e, 1, null);
    }
}
