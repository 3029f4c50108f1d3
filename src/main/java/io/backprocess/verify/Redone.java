package io.backprocess.verify;

import io.backprocess.decode.DecodeRecords;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.ledger.Offsets;

/**
 * What redrives have changed in one partition.
 *
 * @param origins the source offsets whose dead letters the batch's job wrote and a redrive has dealt with
 * @param figures by how much they differ from what the job had left
 * @param results that are there of them
 * @param deadLetters by how many there are more of them, or fewer
 */
record Redone(Offsets origins, Figures figures, long results, long deadLetters) {
    static final Redone NOTHING = new Redone(new Offsets(), Figures.NONE, 0, 0);

    /** Whether what was dead has been redriven. A duplicate or a conflict never is. */
    boolean isOf(long sourceOffset, Outcome outcome) {
        boolean mayBe = outcome instanceof Event
                || (outcome instanceof DeadLetter letter && letter.stage().equals(DecodeRecords.STAGE));
        return mayBe && origins.contains(sourceOffset);
    }
}
