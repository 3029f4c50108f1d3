package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.PartitionLedger;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds the {@link LedgerRange} of each partition. */
final class LedgerRanges {
    private final BatchLedger ledger;
    private final boolean isFollowing;
    private final boolean isGlobal;
    private final boolean lossAside;
    private final boolean mayStillWrite;

    private LedgerRanges(BatchPlan plan, BatchLedger ledger, boolean lossAside) {
        this.ledger = ledger;
        this.isFollowing = plan.isFollowing();
        this.isGlobal = plan.spec().dedupeScope() == DedupeScope.GLOBAL;
        this.lossAside = lossAside;
        this.mayStillWrite = !lossAside && !ledger.isComplete();
    }

    /**
     * Returns the range of each partition of the ledger and of the batch's topics. No record may be in a partition that the plan
     * does not have. If the batch follows its source, such a partition can belong to the batch as well.
     *
     * @param lossAside true if uncommitted offsets are treated as lost, and not as still to come
     * @param partitions the partitions of the result topic and the dead-letter topic
     */
    static Map<Integer, LedgerRange> of(
            BatchPlan plan, BatchLedger ledger, boolean lossAside, Set<Integer> partitions) {
        LedgerRanges all = new LedgerRanges(plan, ledger, lossAside);
        Map<Integer, LedgerRange> ranges = new TreeMap<>();
        partitions.forEach(partition -> ranges.put(partition, all.unplanned(partition)));
        ledger.partitions().forEach(each -> ranges.put(each.range().partition(), all.range(each)));
        return ranges;
    }

    private LedgerRange unplanned(int partition) {
        return isFollowing ? range(ledger.partition(partition)) : LedgerRange.none(partition);
    }

    private LedgerRange range(PartitionLedger partition) {
        long start = partition.range().start();
        long end = partition.range().end();
        long next =
                lossAside && !partition.range().isOpen() ? end : Math.max(start, Math.min(partition.committed(), end));
        long settledResults = next;
        long settledDeadLetters = next;
        if (mayStillWrite) {
            settledResults = isGlobal ? start : next;
            // Dead letters travel in transactions of their own. If a batch was killed between its two commits, the dead
            // letters of the newest ledger line are still to come.
            settledDeadLetters = isGlobal ? start : partition.newestStretch();
        }
        return new LedgerRange(partition.range().partition(), start, end, next, settledResults, settledDeadLetters);
    }
}
