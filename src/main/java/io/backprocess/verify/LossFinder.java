package io.backprocess.verify;

import io.backprocess.batch.OffsetRange;
import io.backprocess.event.Reason;
import io.backprocess.ledger.Offsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one partition lacks because transactions were lost. Results are lost together with the ledger line that counts them, so
 * the ledger says which. Dead letters travel in transactions of their own: those of a lost stretch may be there, and those of
 * another one may not.
 */
final class LossFinder {
    private final int partition;
    private final boolean isLookedFor;
    private final List<OffsetRange> spans;
    /** Source offsets whose dead letter is there. */
    private final Offsets there = new Offsets();

    private final Map<Long, Reason> thereOfStretches = new TreeMap<>();
    private final Offsets missingDeadLetters = new Offsets();
    private final Recount recount = new Recount();

    private LossFinder(int partition, boolean isLookedFor, List<OffsetRange> spans) {
        this.partition = partition;
        this.isLookedFor = isLookedFor;
        this.spans = spans;
    }

    /** Where nobody asks, everything is expected to be there. */
    static LossFinder notLookedFor(int partition) {
        return new LossFinder(partition, false, List.of());
    }

    /** @param spans that the ledger lacks */
    static LossFinder of(int partition, List<OffsetRange> spans) {
        return new LossFinder(partition, true, spans);
    }

    boolean isLookedFor() {
        return isLookedFor;
    }

    /** @param reason null where it says none that is one */
    void deadLetterIsThere(long sourceOffset, @Nullable Reason reason) {
        there.add(sourceOffset);
        if (reason != null && covers(sourceOffset)) {
            thereOfStretches.put(sourceOffset, reason);
        }
    }

    boolean covers(long sourceOffset) {
        return spans.stream().anyMatch(span -> sourceOffset >= span.start() && sourceOffset < span.end());
    }

    /** Whether something is lost whose source may be gone too. */
    boolean beginsBefore(long sourceOffset) {
        return spans.stream().anyMatch(span -> span.start() < sourceOffset);
    }

    /** Whether a dead letter has to be there: it is, or nobody looks for what is lost. */
    boolean mustBeThere(long sourceOffset) {
        if (!isLookedFor || there.contains(sourceOffset)) {
            return true;
        }
        missingDeadLetters.add(sourceOffset);
        return false;
    }

    /** Of the records of the stretches. */
    Recount recount() {
        return recount;
    }

    Loss.Partition found(long start) {
        return new Loss.Partition(partition, start, spans, missingDeadLetters, thereOfStretches, recount.figures());
    }
}
