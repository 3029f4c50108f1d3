package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FollowingLedgerTest {
    private final BatchLedger ledger = new BatchLedger(List.of(OffsetRange.openFrom(0, 100)));

    @Test
    void takesLinesOfPartitionsThatWereAdded() {
        add(ledger, 2, 0, 5);
        add(ledger, 0, 100, 110);
        add(ledger, 2, 7, 9);

        assertThat(ledger.partitions())
                .extracting(PartitionLedger::range)
                .containsExactly(OffsetRange.openFrom(0, 100), OffsetRange.openFrom(2, 0));
        assertThat(ledger.partition(2).next()).isEqualTo(5);
        assertThat(ledger.partition(2).gaps()).containsExactly(new OffsetRange(2, 5, 7));
        assertThat(ledger.total().read()).isEqualTo(5 + 10 + 2);
    }

    @Test
    void isNeverComplete() {
        assertThat(ledger.isComplete()).isFalse();

        add(ledger, 0, 100, 110);

        assertThat(ledger.isComplete()).isFalse();
        assertThat(ledger.partition(0).remaining()).isZero();
    }

    @Test
    void saysOfAPartitionWithoutLinesThatNothingIsCommitted() {
        assertThat(ledger.partition(7).range()).isEqualTo(OffsetRange.openFrom(7, 0));
        assertThat(ledger.partition(7).next()).isZero();
        assertThat(ledger.partitions()).hasSize(1);
    }

    @Test
    void refusesAPartitionThatABatchWithAnEndDoesNotHave() {
        BatchLedger bounded = new BatchLedger(List.of(new OffsetRange(0, 0, 10)));

        assertThatThrownBy(() -> add(bounded, 1, 0, 1)).hasMessageContaining("partition 1 is not in the plan");
    }

    private static void add(BatchLedger ledger, int partition, long from, long next) {
        ledger.add(
                new LedgerLine(
                        "b",
                        partition,
                        1,
                        0,
                        new LedgerLine.Covered(from, next),
                        new LedgerLine.Outcomes(next - from, Map.of(), 0, Map.of(), next - from, 0)),
                null,
                Instant.EPOCH);
    }
}
