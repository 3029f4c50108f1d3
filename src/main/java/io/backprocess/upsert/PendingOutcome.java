package io.backprocess.upsert;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Taken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An outcome on its way through the step, and its rows: none where it concerns the table in no way. */
final class PendingOutcome {
    private final List<@Nullable Object[]> rows;
    private final long bytes;
    private Outcome outcome;

    /** @param bytes about how much memory it holds */
    PendingOutcome(Outcome outcome, List<@Nullable Object[]> rows, long bytes) {
        this.outcome = outcome;
        this.rows = rows;
        this.bytes = bytes;
    }

    /** In the order of the definition's columns, as the driver takes them. */
    List<@Nullable Object[]> rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Of one that has rows. */
    Event event() {
        return ((Taken) outcome).event();
    }

    /** What has become of it instead. */
    void become(Outcome other) {
        outcome = other;
    }
}
