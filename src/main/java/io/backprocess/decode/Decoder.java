package io.backprocess.decode;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.EventReader;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import org.jspecify.annotations.Nullable;

/** Bytes to an event, or to a dead letter. One serves one thread. */
public final class Decoder {
    public static final String STAGE = "decode";

    private final @Nullable LegacyContextJoin rescue;
    private final EventReader reader;

    /** @param rescue for flat events; null where they stay dead */
    public Decoder(@Nullable LegacyContextJoin rescue) {
        this.rescue = rescue;
        this.reader = rescue == null ? new EventReader() : rescue.reader();
    }

    /** An event, or a dead letter. */
    public Outcome decode(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return DeadLetter.of(record, STAGE, Reason.TOMBSTONE, "the record's value is null");
        }
        try {
            return reader.read(record, value);
        } catch (UnreadableException e) {
            return e.reason() == Reason.MISSING_CONTEXT && rescue != null
                    ? rescued(record, value, rescue)
                    : dead(record, e);
        }
    }

    private Outcome rescued(SourceRecord record, byte[] value, LegacyContextJoin rescue) {
        try {
            return rescue.rescue(record, value, reader);
        } catch (UnreadableException e) {
            return dead(record, e);
        }
    }

    private static DeadLetter dead(SourceRecord record, UnreadableException e) {
        return DeadLetter.of(record, STAGE, e.reason(), String.valueOf(e.getMessage()), e, 1, null);
    }
}
