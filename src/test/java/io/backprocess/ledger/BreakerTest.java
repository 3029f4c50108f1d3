package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.Counts;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.OffsetRange;
import io.backprocess.testing.LogLines;
import io.backprocess.testing.TestBatch;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.MockOperatorCoordinatorContext;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.util.function.SerializableFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerTest {
    private static final long END = KeepLedger.AFTER_LAST_CHECKPOINT;
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Breaker breaker = breaker(2, checkpoint -> Counts.NONE);

    @AfterEach
    void close() throws Exception {
        breaker.close();
    }

    @Test
    void countsOverAllSubtasksOfWhichEachAloneHasReadTooLittle() {
        report(0, 1, 6_000, 3_000);

        assertThatThrownBy(() -> report(1, 1, 6_000, 3_210))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessage(
                        "the batch is stopped: 6 210 of 12 000 records (51.8 %) are dead letters, more than --max-dlq-ratio 0.5"
                                + " allows; most are rejected (6 210, like orders/3/7: Invalid amount: -999). Nothing since the"
                                + " last checkpoint was written. Check these records; then correct the revision or raise"
                                + " --max-dlq-ratio, and continue with: backprocess resume --batch-id batch-1");
    }

    @Test
    void doesNotLetTheSubtaskThatReportsFirstSpeakForAll() {
        assertThatCode(() -> {
                    report(0, 1, 20_000, 20_000);
                    report(1, 1, 20_001, 0);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void saysNothingOfFewRecordsNorOfExactlyTheRatio() {
        report(0, 1, 9_999, 9_999);
        report(1, 1, 0, 0);

        report(0, 2, 1, 0);
        assertThatThrownBy(() -> report(1, 2, 0, 0)).isInstanceOf(SuppressRestartsException.class);

        breaker = breaker(1, checkpoint -> Counts.NONE);
        report(0, 1, 10_000, 5_000);
        assertThatThrownBy(() -> report(0, 2, 1, 1)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void judgesWhatSubtasksCountAtTheirEnds() {
        report(0, 1, 1, 0);
        report(1, 1, 1, 0);

        report(0, END, 6_000, 6_000);
        assertThatThrownBy(() -> report(1, END, 6_000, 100)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void waitsForNoSubtaskThatHasEnded() {
        report(0, END, 6_000, 6_000);

        assertThatThrownBy(() -> report(1, 1, 6_000, 100)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void takesTheFinalCheckpointAfterTheEndForTheSame() {
        report(0, END, 6_000, 6_000);
        report(0, 1, 0, 0);
        report(1, 1, 6_000, 0);

        assertThatThrownBy(() -> report(1, 2, 1, 1)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void doesNotCountTwiceWhatASubtaskReadsAgain() {
        report(0, 1, 10_000, 100);
        report(1, 1, 10_000, 100);
        report(0, 2, 9_000, 9_000);

        breaker.subtaskReset(0, 1);
        report(1, 2, 1_000, 10);
        report(0, 3, 9_000, 9_000);
        breaker.subtaskReset(0, 1);
        report(0, 4, 9_000, 9_000);
        report(1, 4, 100, 100);

        // 9 310 of 30 100; each rewind counted in would have made it more than half.
        assertThatThrownBy(() -> {
                    report(0, 5, 14_000, 14_000);
                    report(1, 5, 0, 0);
                })
                .cause()
                .hasMessageContaining("23 310 of 44 100");
    }

    @Test
    void forgetsTheEndOfASubtaskThatStartsAgain() {
        report(0, END, 6_000, 6_000);
        breaker.subtaskReset(0, OperatorCoordinator.NO_CHECKPOINT);

        report(1, 1, 6_000, 100);
        assertThatThrownBy(() -> report(0, 1, 6_000, 6_000)).cause().hasMessageContaining("6 100 of 12 000");
    }

    @Test
    void startsAgainWithTheWholeJob() {
        report(0, 1, 6_000, 3_000);
        report(1, 1, 6_000, 3_000);
        report(0, 2, 6_000, 6_000);
        breaker.resetToCheckpoint(1, null);

        report(0, 3, 6_000, 3_000);
        assertThatThrownBy(() -> report(1, 3, 6_000, 3_001)).cause().hasMessageContaining("12 001 of 24 000");
    }

    @Test
    void countsALongBatchWithoutKeepingAllOfIt() {
        for (int checkpoint = 1; checkpoint <= 1000; checkpoint++) {
            report(0, checkpoint, 10, 5);
            report(1, checkpoint, 10, 5);
            breaker.notifyCheckpointComplete(checkpoint);
        }

        report(0, 1001, 10, 10);
        assertThatThrownBy(() -> report(1, 1001, 0, 0)).cause().hasMessageContaining("10 010 of 20 010");
    }

    @Test
    void saysAtTheEndThatMostIsDeadHoweverFewThereAreAndStopsNothing() {
        breaker = breaker(1, checkpoint -> Counts.NONE);

        try (LogLines log = new LogLines(Breaker.class)) {
            report(0, 1, 3, 3);
            report(0, END, 2, 2);

            assertThat(log.text())
                    .contains("The batch reaches its end, but 5 of 5 records (100.0 %) are dead letters, more than"
                            + " --max-dlq-ratio 0.5 allows.");
        }
    }

    @Test
    void countsWhatWasCommittedBeforeARestore() {
        restore(5, checkpoint -> {
            BatchLedger ledger = new BatchLedger(List.of(new OffsetRange(0, 0, 100_000)), checkpoint, line -> {});
            ledger.add(line(3, 0, 8_000, 3_000), null, Instant.EPOCH);
            ledger.add(line(END, 8_000, 9_000, 1_000), null, Instant.EPOCH);
            // The restored job's own, committed by the time that the ledger is read.
            ledger.add(line(6, 9_000, 99_000, 0), null, Instant.EPOCH);
            return ledger.total();
        });

        TestBatch.await("the ledger", () -> {
            report(0, 6, 0, 0);
            return breaker.knowsWhatWasBefore();
        });
        assertThatThrownBy(() -> report(0, 7, 1_000, 1_001)).cause().hasMessageContaining("5 001 of 10 000");
    }

    @Test
    void goesOnWithoutTheLedgerWhereItCannotBeRead() {
        restore(5, checkpoint -> {
            throw new IllegalStateException("as the test wants it");
        });

        TestBatch.await("the attempt", breaker::knowsWhatWasBefore);
        assertThatThrownBy(() -> report(0, 7, 10_000, 5_001)).cause().hasMessageContaining("5 001 of 10 000");
    }

    @Test
    void doesNotHoldTheJobManagerUpWhileTheLedgerIsRead() {
        restore(5, checkpoint -> {
            try {
                NEVER.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new AssertionError();
        });

        report(0, 6, 10_000, 10_000);

        assertThat(breaker.knowsWhatWasBefore()).isFalse();
    }

    @Test
    void keepsNothingInCheckpointsAndNeedsNothing() {
        CompletableFuture<byte[]> state = new CompletableFuture<>();
        breaker.checkpointCoordinator(1, state);

        assertThat(state.join()).isEmpty();
        assertThatCode(() -> breaker.resetToCheckpoint(1, null)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void takesNoRatioThatIsNone(double ratio) {
        assertThatThrownBy(() -> new DeadLetterLimits(ratio, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private void restore(long checkpoint, SerializableFunction<Long, Counts> ledger) {
        breaker = new Breaker(context(1), "batch-1", "orders", DeadLetterLimits.DEFAULT, new FakeLedger(ledger));
        breaker.resetToCheckpoint(checkpoint, null);
        breaker.start();
    }

    private static Breaker breaker(int parallelism, SerializableFunction<Long, Counts> ledger) {
        Breaker breaker = new Breaker(
                context(parallelism), "batch-1", "orders", DeadLetterLimits.DEFAULT, new FakeLedger(ledger));
        breaker.start();
        return breaker;
    }

    private static OperatorCoordinator.Context context(int parallelism) {
        return new MockOperatorCoordinatorContext(new OperatorID(), parallelism);
    }

    private void report(int subtask, long checkpoint, long read, long dead) {
        breaker.handleEventFromOperator(
                subtask,
                0,
                new SubtaskCounts(
                        checkpoint,
                        read,
                        dead == 0 ? Map.of() : Map.of("rejected", dead),
                        dead == 0 ? Map.of() : Map.of("rejected", "3/7: Invalid amount: -999")));
    }

    private static LedgerLine line(long checkpoint, long from, long next, long dead) {
        return new LedgerLine(
                "batch-1",
                0,
                checkpoint,
                0,
                new LedgerLine.Covered(from, next),
                new LedgerLine.Outcomes(next - from, Map.of(), 0, Map.of("rejected", dead), next - from - dead, 0));
    }
}
