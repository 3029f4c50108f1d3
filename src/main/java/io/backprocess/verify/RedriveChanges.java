package io.backprocess.verify;

import io.backprocess.batch.Figures;
import io.backprocess.decode.Decoder;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.ledger.Offsets;
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

    /** Tells whether the record was a dead letter that has been redriven. A duplicate or a conflict never is. */
    boolean isOf(long sourceOffset, Outcome outcome) {
        boolean mayBe = outcome instanceof Event
                || (outcome instanceof DeadLetter letter && letter.stage().equals(Decoder.STAGE));
        return mayBe && origins.contains(sourceOffset);
    }
}
