package io.backprocess.ledger;

import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Progress;
import io.backprocess.event.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The counts of one source partition since its last ledger line. */
final class Tally {
    /** A hostile history must not make a line of a million versions; the rest is counted together. */
    private static final int MAX_VERSIONS = 100;

    private static final String OTHER_VERSIONS = "other";

    final int partition;
    private final Map<String, Long> skipped = new TreeMap<>();
    private final Map<Reason, Long> deadLetters = new EnumMap<>(Reason.class);
    private @Nullable Long from;
    private @Nullable Long next;
    private long read;
    private long outside;
    private long keyless;
    private long duplicates;
    private long taken;
    private long results;

    Tally(int partition) {
        this.partition = partition;
    }

    void take(int numberOfResults) {
        taken++;
        results += numberOfResults;
    }

    void leaveOut() {
        outside++;
    }

    void duplicate() {
        duplicates++;
    }

    void skip(ProcessVersion version) {
        String name = version.toString();
        boolean known = skipped.size() < MAX_VERSIONS || skipped.containsKey(name);
        skipped.merge(known ? name : OTHER_VERSIONS, 1L, Long::sum);
    }

    void bury(Reason reason) {
        deadLetters.merge(reason, 1L, Long::sum);
    }

    void advance(Progress progress) {
        if (next != null && next != progress.from()) {
            throw new IllegalStateException("partition %s: progress from %s does not follow that up to %s"
                    .formatted(partition, progress.from(), next));
        }
        from = from == null ? (Long) progress.from() : from;
        next = progress.next();
        read += progress.read();
        keyless += progress.keyless();
    }

    LedgerLine line(String batchId, long checkpoint, int subtask) {
        Map<String, Long> byReason = new TreeMap<>();
        deadLetters.forEach((reason, count) -> byReason.put(reason.toString(), count));
        return new LedgerLine(
                batchId,
                partition,
                checkpoint,
                subtask,
                from,
                next,
                read,
                skipped,
                duplicates,
                byReason,
                taken,
                results,
                LedgerLine.unlessNone(outside),
                LedgerLine.unlessNone(keyless));
    }
}
