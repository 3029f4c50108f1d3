package io.backprocess.verify;

import io.backprocess.batch.Figures;
import io.backprocess.decode.Decoder;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import io.backprocess.ledger.Offsets;
import java.util.Map;

/**
 * What redrives have changed in one partition, and what a database has refused there: neither can be recounted by replaying the
 * steps.
 *
 * @param origins the source offsets whose dead letters the batch's job wrote and a redrive has dealt with
 * @param refused the source offsets whose dead letters say that a database has refused what the revision made of them
 * @param figures by how much they differ from what the job had left
 * @param byReason the same of the dead letters, by reason
 * @param results that are there of them
 * @param deadLetters by how many there are more of them, or fewer
 * @param unknown redriven ones of which nobody can tell how many results they have
 */
record RedriveChanges(
        Offsets origins,
        Offsets refused,
        Figures figures,
        Map<Reason, Long> byReason,
        long results,
        long deadLetters,
        long unknown) {
    static final RedriveChanges NOTHING =
            new RedriveChanges(new Offsets(), new Offsets(), Figures.NONE, Map.of(), 0, 0, 0);

    /** With what a database has refused. */
    RedriveChanges and(Offsets refusals) {
        return new RedriveChanges(origins, refusals, figures, byReason, results, deadLetters, unknown);
    }

    /** Whether what was dead has been redriven. A duplicate or a conflict never is. */
    boolean isOf(long sourceOffset, Outcome outcome) {
        boolean mayBe = outcome instanceof Event
                || (outcome instanceof DeadLetter letter && letter.stage().equals(Decoder.STAGE));
        return mayBe && origins.contains(sourceOffset);
    }

    /** Whether a database may have refused it: only what the revision has made something of ever comes there. */
    boolean isRefused(long sourceOffset, Outcome revised) {
        return revised instanceof Taken taken && !taken.results().isEmpty() && refused.contains(sourceOffset);
    }
}
