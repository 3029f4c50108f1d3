package io.backprocess.decode;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.EventReader;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import org.jspecify.annotations.Nullable;

/** Turns bytes into an event or a dead letter. One instance serves one thread. */
public final class Decoder {
    public static final String STAGE = "decode";

    private final @Nullable LegacyContextJoin legacyJoin;
    private final EventReader reader;
    private final @Nullable LetterGate letters;
    private final boolean skipsTombstones;

    /**
     * @param mapping where records keep the parts of an envelope
     * @param legacyJoin gives flat events their context; null when they stay dead letters, and with any mapping but that of
     *     Backprocess's own envelope
     * @param letters says which records a batch over dead letters takes; null when it takes all
     */
    public Decoder(EnvelopeMapping mapping, @Nullable LegacyContextJoin legacyJoin, @Nullable LetterGate letters) {
        this.letters = letters;
        this.skipsTombstones = mapping.skipsTombstones();
        this.legacyJoin = legacyJoin;
        this.reader = legacyJoin == null ? new EventReader(mapping) : legacyJoin.reader(mapping);
    }

    /** Returns an event, a dead letter, or a letter of another framework that is skipped. */
    public Outcome decode(SourceRecord record) {
        Skipped skipped = letters == null ? null : letters.judge(record);
        if (skipped != null) {
            return skipped;
        }
        byte[] value = record.value();
        if (value == null) {
            return withoutValue(record);
        }
        try {
            return reader.read(record, value);
        } catch (UnreadableException e) {
            return e.reason() == Reason.MISSING_CONTEXT && legacyJoin != null
                    ? rescued(record, value, legacyJoin)
                    : dead(record, e);
        }
    }

    /** A letter whose value lies elsewhere is never skipped as a tombstone. */
    private Outcome withoutValue(SourceRecord record) {
        String elsewhere = letters == null ? null : letters.whereTheValueIs(record);
        return elsewhere == null && skipsTombstones
                ? new Skipped(record.partition(), Skipped.TOMBSTONE)
                : DeadLetter.of(
                        record, STAGE, Reason.TOMBSTONE, elsewhere == null ? "the record's value is null" : elsewhere);
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
