package io.backprocess.verify;

import io.backprocess.decode.Decoder;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.ledger.Offsets;

/**
 * What redrives have changed in one partition, and what a database has refused there: neither can be recounted by replaying the
 * steps.
 *
 * @param origins the source offsets whose dead letters the batch's job wrote and a redrive has dealt with, or a database refused
 * @param figures by how much they differ from what the job had left
 * @param results that are there of them
 * @param deadLetters by how many there are more of them, or fewer
 */
record Redone(Offsets origins, Figures figures, long results, long deadLetters) {
    static final Redone NOTHING = new Redone(new Offsets(), Figures.NONE, 0, 0);

    /** With what a database has refused. */
    Redone and(Offsets refused) {
        Offsets all = new Offsets();
        all.addAll(origins);
        all.addAll(refused);
        return new Redone(all, figures, results, deadLetters);
    }

    /** Whether what was dead has been redriven, or was refused by a database. A duplicate or a conflict never is. */
    boolean isOf(long sourceOffset, Outcome outcome) {
        boolean mayBe = outcome instanceof Event
                || (outcome instanceof DeadLetter letter && letter.stage().equals(Decoder.STAGE));
        return mayBe && origins.contains(sourceOffset);
    }
}
