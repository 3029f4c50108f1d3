package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Ledgers;
import io.backprocess.testing.Specs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LedgerRangesTest {
    private static final List<OffsetRange> RANGES = List.of(range(0, 10, 100), range(1, 0, 50), range(2, 5, 5));

    @Test
    void anIncompleteBatchIsExpectedUpToItsHighestLine() {
        BatchLedger ledger = Ledgers.of(RANGES, range(0, 10, 30), range(0, 50, 60));

        Map<Integer, LedgerRange> ranges = LedgerRanges.of(plan(RANGES), ledger, false, Set.of(0, 1, 2, 7));

        assertThat(ranges)
                .isEqualTo(Map.of(
                        // The lost offsets 30 to 50 count as committed, so that their records are found to be missing.
                        0, new LedgerRange(0, 10, 100, 60, 60, 50),
                        1, new LedgerRange(1, 0, 50, 0, 0, 0),
                        2, new LedgerRange(2, 5, 5, 5, 5, 5),
                        7, LedgerRange.none(7)));
    }

    @Test
    void aCompleteBatchIsExpectedWhole() {
        BatchLedger ledger = Ledgers.of(RANGES, range(0, 10, 100), range(1, 0, 50));

        Map<Integer, LedgerRange> ranges = LedgerRanges.of(plan(RANGES), ledger, false, Set.of());

        assertThat(ranges)
                .isEqualTo(Map.of(
                        0, new LedgerRange(0, 10, 100, 100, 100, 100),
                        1, new LedgerRange(1, 0, 50, 50, 50, 50),
                        2, new LedgerRange(2, 5, 5, 5, 5, 5)));
    }

    @Test
    void aSearchForLossesExpectsTheWholeRange() {
        BatchLedger ledger = Ledgers.of(RANGES, range(0, 10, 30));

        assertThat(LedgerRanges.of(plan(RANGES), ledger, true, Set.of()))
                .containsEntry(0, new LedgerRange(0, 10, 100, 100, 100, 100))
                .containsEntry(1, new LedgerRange(1, 0, 50, 50, 50, 50));
    }

    @Test
    void aBatchThatFollowsItsSourceMayHaveLaterPartitions() {
        List<OffsetRange> open = List.of(OffsetRange.openFrom(0, 10));
        BatchLedger ledger = Ledgers.of(open, range(0, 10, 30));

        Map<Integer, LedgerRange> ranges = LedgerRanges.of(plan(open), ledger, false, Set.of(0, 1));

        long end = OffsetRange.openFrom(1, 0).end();
        assertThat(ranges)
                .isEqualTo(Map.of(
                        0, new LedgerRange(0, 10, end, 30, 30, 10),
                        1, new LedgerRange(1, 0, end, 0, 0, 0)));
    }

    private static BatchPlan plan(List<OffsetRange> ranges) {
        return BatchPlan.freeze(
                Specs.whole("batch", "source"),
                BatchPlan.Inputs.of(ranges, null),
                new BatchPlan.StateLayout(128, 1),
                new BatchPlan.LedgerPlace(0, 0),
                new BatchPlan.Creation(Instant.EPOCH, "test", null));
    }

    private static OffsetRange range(int partition, long start, long end) {
        return new OffsetRange(partition, start, end);
    }
}
