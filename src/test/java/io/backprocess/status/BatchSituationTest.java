package io.backprocess.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import io.backprocess.control.BatchMark;
import io.backprocess.control.HiddenEnd;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Ledgers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchSituationTest {
    private static final List<OffsetRange> RANGES = List.of(range(0, 100));
    private static final BatchLedger NOTHING = Ledgers.of(RANGES);
    private static final BatchLedger HALF = Ledgers.of(RANGES, range(0, 60));
    private static final BatchLedger WITH_A_GAP = Ledgers.of(RANGES, range(0, 60), range(70, 100));
    private static final BatchLedger ALL = Ledgers.of(RANGES, range(0, 60), range(60, 100));

    @Test
    void hasFailedWhereFlinkSaysFinishedAndTheLastTransactionIsLost() {
        assertThat(finished(HALF, false).state()).isEqualTo(BatchState.FAILED);
        assertThat(finished(HALF, true).state()).isEqualTo(BatchState.PAUSED);
    }

    @Test
    void hasFailedWhereATransactionInTheMiddleIsLost() {
        assertThat(finished(WITH_A_GAP, false).state()).isEqualTo(BatchState.FAILED);
        assertThat(finished(WITH_A_GAP, true).state()).isEqualTo(BatchState.FAILED);
    }

    @Test
    void isStoppedWhateverTheLedgerLacks() {
        assertThat(finished(WITH_A_GAP, true).isStopped()).isTrue();
        assertThat(finished(WITH_A_GAP, false).isStopped()).isFalse();
    }

    @Test
    void isCompletedWhateverFlinkSays() {
        assertThat(finished(ALL, true).state()).isEqualTo(BatchState.COMPLETED);
        assertThat(situation(ALL, "RUNNING", null).state()).isEqualTo(BatchState.COMPLETED);
    }

    @Test
    void isPlannedUntilAJobWasStarted() {
        assertThat(situation(NOTHING, null, null).state()).isEqualTo(BatchState.PLANNED);
        assertThat(situation(NOTHING, null, BatchMark.Action.STARTED).state()).isEqualTo(BatchState.FAILED);
        assertThat(situation(NOTHING, "FAILED", BatchMark.Action.STARTED).state())
                .isEqualTo(BatchState.FAILED);
    }

    @Test
    void runsWhileAJobIsLiveWhateverTheMarkSays() {
        for (BatchMark.Action action : BatchMark.Action.values()) {
            assertThat(situation(HALF, "RESTARTING", action).state()).isEqualTo(BatchState.RUNNING);
        }
    }

    @Test
    void isAbandonedEvenIfItWasStopped() {
        assertThat(situation(HALF, null, BatchMark.Action.ABANDONED).state()).isEqualTo(BatchState.ABANDONED);
        assertThat(situation(HALF, "FINISHED", BatchMark.Action.ABANDONED).state())
                .isEqualTo(BatchState.ABANDONED);
    }

    @Test
    void isPausedByTheMarkOfItsYoungestJob() {
        assertThat(situation(HALF, null, BatchMark.Action.PAUSED).state()).isEqualTo(BatchState.PAUSED);
        assertThat(situation(HALF, "FINISHED", BatchMark.Action.PAUSED).state()).isEqualTo(BatchState.PAUSED);
        assertThat(new BatchSituation(
                                "b",
                                new LedgerLook(HALF, null),
                                Optional.of(job("younger", "FAILED")),
                                mark(BatchMark.Action.PAUSED),
                                job -> false,
                                () -> false)
                        .state())
                .isEqualTo(BatchState.FAILED);
    }

    @Test
    void isPausedByItsSavepointWhereFlinkHasForgottenTheJob() {
        assertThat(forgotten(HALF, BatchMark.Action.STARTED).state()).isEqualTo(BatchState.PAUSED);
        assertThat(forgotten(WITH_A_GAP, BatchMark.Action.STARTED).state()).isEqualTo(BatchState.FAILED);
    }

    @Test
    void hasNotFailedAsLongAsAnotherTransactionHidesTheEnd() {
        HiddenEnd hidden = new HiddenEnd(new TopicPartition("backprocess.ledger", 0), 5, 9, Optional.empty());

        assertThat(hiding(hidden, null).state()).isEqualTo(BatchState.RUNNING);
        assertThat(hiding(hidden, "FINISHED").state()).isEqualTo(BatchState.RUNNING);
        assertThat(hiding(hidden, "FAILED").state()).isEqualTo(BatchState.FAILED);
        assertThat(hiding(null, null).state()).isEqualTo(BatchState.FAILED);
    }

    private static BatchSituation finished(BatchLedger ledger, boolean stopped) {
        return new BatchSituation(
                "b",
                new LedgerLook(ledger, null),
                Optional.of(job("id", "FINISHED")),
                Optional.empty(),
                job -> stopped,
                () -> false);
    }

    private static BatchSituation situation(
            BatchLedger ledger, @Nullable String jobState, BatchMark.@Nullable Action action) {
        return new BatchSituation(
                "b",
                new LedgerLook(ledger, null),
                Optional.ofNullable(jobState).map(state -> job("id", state)),
                mark(action),
                job -> false,
                () -> false);
    }

    private static BatchSituation forgotten(BatchLedger ledger, BatchMark.Action action) {
        return new BatchSituation(
                "b", new LedgerLook(ledger, null), Optional.empty(), mark(action), job -> false, () -> true);
    }

    private static BatchSituation hiding(@Nullable HiddenEnd hidden, @Nullable String jobState) {
        return new BatchSituation(
                "b",
                new LedgerLook(HALF, hidden),
                Optional.ofNullable(jobState).map(state -> job("id", state)),
                mark(BatchMark.Action.STARTED),
                job -> false,
                () -> false);
    }

    private static Optional<BatchMark> mark(BatchMark.@Nullable Action action) {
        return Optional.ofNullable(action)
                .map(known -> new BatchMark(known, "id", null, "/savepoints/savepoint-1", Instant.EPOCH, "ann"));
    }

    private static FlinkCluster.Job job(String id, String state) {
        return new FlinkCluster.Job(id, "backprocess b: a → b", state, 0);
    }

    private static OffsetRange range(long start, long end) {
        return new OffsetRange(0, start, end);
    }
}
