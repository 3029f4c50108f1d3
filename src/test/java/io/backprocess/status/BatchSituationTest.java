package io.backprocess.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Ledgers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchStateTest {
    private static final List<OffsetRange> RANGES = List.of(range(0, 100));
    private static final FlinkCluster.Job FINISHED = new FlinkCluster.Job("id", "backprocess b: a → b", "FINISHED", 0);

    @Test
    void hasFailedWhereFlinkSaysFinishedAndTheLastTransactionIsLost() {
        BatchLedger ledger = Ledgers.of(RANGES, range(0, 60));

        assertThat(state(ledger, false)).isEqualTo(BatchState.FAILED);
        assertThat(state(ledger, true)).isEqualTo(BatchState.PAUSED);
    }

    @Test
    void hasFailedWhereATransactionInTheMiddleIsLost() {
        BatchLedger ledger = Ledgers.of(RANGES, range(0, 60), range(70, 100));

        assertThat(state(ledger, false)).isEqualTo(BatchState.FAILED);
        assertThat(state(ledger, true)).isEqualTo(BatchState.FAILED);
    }

    @Test
    void isCompletedWhateverFlinkSays() {
        assertThat(state(Ledgers.of(RANGES, range(0, 60), range(60, 100)), true))
                .isEqualTo(BatchState.COMPLETED);
    }

    private static BatchState state(BatchLedger ledger, boolean stopped) {
        return BatchState.of(ledger, Optional.of(FINISHED), Optional.empty(), job -> stopped);
    }

    private static OffsetRange range(long start, long end) {
        return new OffsetRange(0, start, end);
    }
}
