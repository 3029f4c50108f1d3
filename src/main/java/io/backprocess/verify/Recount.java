package io.backprocess.verify;

import io.backprocess.batch.Counts;
import io.backprocess.batch.Figures;
import io.backprocess.batch.OutcomeCounter;
import io.backprocess.event.Reason;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the outcomes of a partition's records, as far as they are known. */
final class Recount {
    final OutcomeCounter counter = new OutcomeCounter(Breakdown.MAX_VERSIONS);
    private long withoutReason;
    private long unknown;

    /** @param reason the reason; null if it is not known */
    void deadLetter(@Nullable Reason reason) {
        if (reason == null) {
            withoutReason++;
        } else {
            counter.deadLetter(reason);
        }
    }

    /** Counts a record for which it is not known whether it was taken or is dead. */
    void cannotTell() {
        unknown++;
    }

    /** Writes the counts so far. */
    void write(DataOutput out) throws IOException {
        StateJson.write(counter.counts(), out);
        out.writeLong(withoutReason);
        out.writeLong(unknown);
    }

    /** Goes on with what {@link #write} has written, before anything is counted here. */
    void resume(DataInput in) throws IOException {
        counter.add(StateJson.read(in, Counts.class));
        withoutReason = in.readLong();
        unknown = in.readLong();
    }

    Figures figures() {
        return counter.counts().figures().plus(new Figures(0, 0, 0, withoutReason, 0, 0));
    }

    long unknown() {
        return unknown;
    }

    /** @param redriven the changes that redrives made to the number of dead letters, by reason */
    Breakdown breakdown(Map<Reason, Long> redriven) {
        Counts counts = counter.counts();
        Map<String, Long> reasons = new TreeMap<>(counts.deadLettersByReason());
        redriven.forEach((reason, count) -> reasons.merge(reason.toString(), count, Long::sum));
        reasons.values().removeIf(count -> count == 0);
        return new Breakdown(
                withoutReason == 0 ? reasons : null,
                counter.knowsVersions() ? counts.skippedByVersion() : null,
                counts.keyless());
    }
}
