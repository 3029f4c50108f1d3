package io.backprocess.verify;

import io.backprocess.batch.OffsetRange;
import io.backprocess.event.Reason;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.PartitionLedger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records that one partition lacks because transactions were lost. Results are lost together with the ledger line that
 * counts them, so the ledger shows which are lost. Dead letters travel in transactions of their own. Those of a lost span may be
 * there, and those of any other offsets may be missing.
 */
final class LossFinder {
    private final int partition;
    private final boolean isLookedFor;
    private final List<OffsetRange> spans;
    /** The source offsets whose dead letters are there. */
    private final Offsets there = new Offsets();

    private final OffsetReasons thereOfStretches = new OffsetReasons();
    private final Offsets missingDeadLetters = new Offsets();
    private final Recount recount = new Recount();

    private LossFinder(int partition, boolean isLookedFor, List<OffsetRange> spans) {
        this.partition = partition;
        this.isLookedFor = isLookedFor;
        this.spans = spans;
    }

    /** Creates a finder that does not search for losses, so that all records are expected to be there. */
    static LossFinder notLookedFor(int partition) {
        return new LossFinder(partition, false, List.of());
    }

    /** @param spans the source offset ranges that the ledger lacks */
    static LossFinder of(int partition, List<OffsetRange> spans) {
        return new LossFinder(partition, true, spans);
    }

    /** Returns a finder for each partition of the ledger. */
    static Map<Integer, LossFinder> ofAll(BatchLedger ledger) {
        Map<Integer, LossFinder> all = new TreeMap<>();
        for (PartitionLedger partition : ledger.partitions()) {
            int number = partition.range().partition();
            all.put(number, of(number, partition.missing()));
        }
        return all;
    }

    boolean isLookedFor() {
        return isLookedFor;
    }

    /** @param reason the reason that the dead letter states; null if it states none, or an unknown one */
    void deadLetterIsThere(long sourceOffset, @Nullable Reason reason) {
        // A second letter of the same origin is a copy, and does not change the reason.
        if (there.add(sourceOffset) && reason != null && covers(sourceOffset)) {
            thereOfStretches.add(sourceOffset, reason);
        }
    }

    boolean covers(long sourceOffset) {
        return OffsetRange.hold(spans, sourceOffset);
    }

    /** Tells whether a span begins before this source offset, so that its source records may be deleted too. */
    boolean beginsBefore(long sourceOffset) {
        return spans.stream().anyMatch(span -> span.start() < sourceOffset);
    }

    /**
     * Tells whether a dead letter must be there: it is there, or losses are not searched for. Otherwise it is noted as missing.
     */
    boolean mustBeThere(long sourceOffset) {
        if (!isLookedFor || there.contains(sourceOffset)) {
            return true;
        }
        missingDeadLetters.add(sourceOffset);
        return false;
    }

    /** Returns the recount of the records in the spans. */
    Recount recount() {
        return recount;
    }

    Loss.PartitionLoss found(long start) {
        return new Loss.PartitionLoss(partition, start, spans, missingDeadLetters, thereOfStretches, recount.figures());
    }
}
