package io.backprocess.upsert;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Taken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An outcome on its way through the step, with its rows. It has none when it does not concern the table. */
final class PendingOutcome {
    private final List<@Nullable Object[]> rows;
    private final long bytes;
    private Outcome outcome;

    /** @param bytes the approximate memory that it holds */
    PendingOutcome(Outcome outcome, List<@Nullable Object[]> rows, long bytes) {
        this.outcome = outcome;
        this.rows = rows;
        this.bytes = bytes;
    }

    /** Returns the rows, each in the order of the definition's columns, in the form that the driver takes. */
    List<@Nullable Object[]> rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Returns the event of an outcome that has rows. */
    Event event() {
        return ((Taken) outcome).event();
    }

    /** Replaces the outcome, for instance with a dead letter. */
    void become(Outcome other) {
        outcome = other;
    }
}
