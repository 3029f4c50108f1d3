package io.backprocess.verify;

import io.backprocess.batch.Figures;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what became of a partition's records. */
final class Recount {
    private final Map<Reason, Long> byReason = new EnumMap<>(Reason.class);
    private final Map<String, Long> byVersion = new TreeMap<>();
    private boolean knowsReasons = true;
    private boolean knowsVersions = true;
    private long read;
    private long skipped;
    private long duplicates;
    private long deadLetters;
    private long taken;
    private long results;
    private long outside;
    private long unknown;

    void read() {
        read++;
    }

    void skip(ProcessVersion version) {
        skipped++;
        String name = version.toString();
        if (byVersion.size() < Breakdown.MAX_VERSIONS || byVersion.containsKey(name)) {
            byVersion.merge(name, 1L, Long::sum);
        } else {
            knowsVersions = false;
        }
    }

    void leaveOut() {
        outside++;
    }

    void duplicate() {
        duplicates++;
    }

    /** @param reason null where nobody can tell it */
    void bury(@Nullable Reason reason) {
        deadLetters++;
        if (reason == null) {
            knowsReasons = false;
        } else {
            byReason.merge(reason, 1L, Long::sum);
        }
    }

    void take(int numberOfResults) {
        taken++;
        results += numberOfResults;
    }

    /** It was taken or is dead, and nobody can tell which. */
    void cannotTell() {
        unknown++;
    }

    Figures figures() {
        return new Figures(read, skipped, duplicates, deadLetters, taken, results, outside);
    }

    long unknown() {
        return unknown;
    }

    /** @param redriven by how much redrives have changed the dead letters, by reason */
    Breakdown breakdown(Map<Reason, Long> redriven) {
        Map<String, Long> reasons = new TreeMap<>();
        byReason.forEach((reason, count) -> reasons.merge(reason.toString(), count, Long::sum));
        redriven.forEach((reason, count) -> reasons.merge(reason.toString(), count, Long::sum));
        reasons.values().removeIf(count -> count == 0);
        return new Breakdown(knowsReasons ? reasons : null, knowsVersions ? byVersion : null);
    }
}
