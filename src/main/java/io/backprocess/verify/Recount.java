package io.backprocess.verify;

import io.backprocess.batch.Counts;
import io.backprocess.batch.Figures;
import io.backprocess.batch.OutcomeCounter;
import io.backprocess.event.Reason;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what became of a partition's records, as far as that can be told. */
final class Recount {
    final OutcomeCounter counter = new OutcomeCounter(Breakdown.MAX_VERSIONS);
    private long withoutReason;
    private long unknown;

    /** @param reason null where nobody can tell it */
    void deadLetter(@Nullable Reason reason) {
        if (reason == null) {
            withoutReason++;
        } else {
            counter.deadLetter(reason);
        }
    }

    /** It was taken or is dead, and nobody can tell which. */
    void cannotTell() {
        unknown++;
    }

    Figures figures() {
        Counts counts = counter.counts();
        return new Figures(
                counts.read(),
                counts.skipped(),
                counts.duplicates(),
                counts.deadLetters() + withoutReason,
                counts.taken(),
                counts.results(),
                counts.outside());
    }

    long unknown() {
        return unknown;
    }

    /** @param redriven by how much redrives have changed the dead letters, by reason */
    Breakdown breakdown(Map<Reason, Long> redriven) {
        Counts counts = counter.counts();
        Map<String, Long> reasons = new TreeMap<>(counts.deadLettersByReason());
        redriven.forEach((reason, count) -> reasons.merge(reason.toString(), count, Long::sum));
        reasons.values().removeIf(count -> count == 0);
        return new Breakdown(
                withoutReason == 0 ? reasons : null, counter.knowsVersions() ? counts.skippedByVersion() : null);
    }
}
