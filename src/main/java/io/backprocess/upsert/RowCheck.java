package io.backprocess.upsert;

import io.backprocess.batch.BatchSpec;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import java.util.Optional;

/** Tells for which reason results can fail on their way to a table. It makes their rows, and does not ask the database. */
public final class RowCheck {
    private final RowReader rows;

    RowCheck(RowReader rows) {
        this.rows = rows;
    }

    /**
     * Returns the check for a batch; empty if its results go to no table, or if this version cannot read the definition of the
     * table, which another version has stored.
     *
     * @param mapping where results keep the parts of an envelope
     */
    public static Optional<RowCheck> of(BatchSpec spec, EnvelopeMapping mapping) {
        if (spec.upsert() == null) {
            return Optional.empty();
        }
        try {
            UpsertDefinition definition = UpsertDefinition.read("the plan of " + spec.batchId(), spec.upsert());
            return Optional.of(new RowCheck(new RowReader(definition, mapping)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the reason of the dead letter that the event becomes if its rows do not come into the table; empty if it has no
     * rows, so that it cannot become one. Several threads may ask; the reader of rows is for one at a time.
     */
    public synchronized Optional<Reason> refusal(Taken taken) {
        PendingOutcome read = rows.read(taken);
        if (read.outcome() instanceof DeadLetter unfit) {
            return Optional.of(unfit.reason());
        }
        return read.rows().isEmpty() ? Optional.empty() : Optional.of(Reason.REJECTED);
    }
}
