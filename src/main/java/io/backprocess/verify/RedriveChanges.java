package io.backprocess.verify;

import io.backprocess.batch.Figures;
import io.backprocess.decode.Decoder;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.ledger.Offsets;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * The changes that redrives have made in one partition. They cannot be recounted by replaying the steps.
 *
 * @param origins the source offsets whose dead letters the batch's job wrote and a redrive has processed
 * @param figures the differences to the figures that the job had left
 * @param byReason the differences in the number of dead letters, by reason
 * @param results the number of results that redrives have written
 * @param deadLetters the difference in the number of dead letters on the topic
 * @param unknown the number of redriven dead letters for which the number of results is not known
 */
record RedriveChanges(
        Offsets origins, Figures figures, Map<Reason, Long> byReason, long results, long deadLetters, long unknown) {
    static final RedriveChanges NOTHING = new RedriveChanges(new Offsets(), Figures.NONE, Map.of(), 0, 0, 0);

    void write(DataOutput out) throws IOException {
        origins.write(out);
        StateJson.write(figures, out);
        out.writeInt(byReason.size());
        for (Map.Entry<Reason, Long> each : byReason.entrySet()) {
            out.writeUTF(each.getKey().toString());
            out.writeLong(each.getValue());
        }
        out.writeLong(results);
        out.writeLong(deadLetters);
        out.writeLong(unknown);
    }

    static RedriveChanges read(DataInput in) throws IOException {
        Offsets origins = Offsets.read(in);
        Figures figures = StateJson.read(in, Figures.class);
        Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
        for (int left = in.readInt(); left > 0; left--) {
            byReason.put(Reason.of(in.readUTF()), in.readLong());
        }
        return new RedriveChanges(origins, figures, byReason, in.readLong(), in.readLong(), in.readLong());
    }

    /** Tells whether the record was a dead letter that has been redriven. A duplicate or a conflict never is. */
    boolean isOf(long sourceOffset, Outcome outcome) {
        boolean mayBe = outcome instanceof Event
                || (outcome instanceof DeadLetter letter && letter.stage().equals(Decoder.STAGE));
        return mayBe && origins.contains(sourceOffset);
    }
}
