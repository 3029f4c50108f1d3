package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchProgressTest {
    @Test
    void countsWhatRemainsOfTheRange() {
        BatchLedger ledger = Ledgers.of(List.of(new OffsetRange(0, 10, 100)), new OffsetRange(0, 10, 60));

        BatchProgress progress = BatchProgress.of(ledger, Map.of(0, 500L, 1, 20L));

        assertThat(progress.size()).isEqualTo(90);
        assertThat(progress.remaining()).isEqualTo(40);
        assertThat(progress.partitions()).hasSize(1);
    }

    @Test
    void measuresABatchThatFollowsAgainstTheTopic() {
        BatchLedger ledger = Ledgers.of(List.of(OffsetRange.openFrom(0, 10)), new OffsetRange(0, 10, 60));

        BatchProgress progress = BatchProgress.of(ledger, Map.of(0, 100L, 1, 20L));

        assertThat(progress.size()).isEqualTo(90 + 20);
        assertThat(progress.remaining()).isEqualTo(40 + 20);
    }

    @Test
    void takesTheCommittedOffsetWhereTheKnownEndIsOlder() {
        BatchLedger ledger = Ledgers.of(List.of(OffsetRange.openFrom(0, 10)), new OffsetRange(0, 10, 60));

        BatchProgress progress = BatchProgress.of(ledger, Map.of(0, 50L));

        assertThat(progress.size()).isEqualTo(50);
        assertThat(progress.remaining()).isZero();
        assertThat(progress.eta(ledger, Instant.EPOCH, Instant.EPOCH)).contains(Eta.NOW);
    }
}
