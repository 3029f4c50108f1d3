package io.backprocess.read;

import static io.backprocess.read.Enumerators.CLAIM;
import static io.backprocess.read.Enumerators.FROM_START;
import static io.backprocess.read.Enumerators.HASH;
import static io.backprocess.read.Enumerators.committed;
import static io.backprocess.read.Enumerators.enumerator;
import static io.backprocess.read.Enumerators.fresh;
import static io.backprocess.read.Enumerators.source;
import static io.backprocess.read.Enumerators.split;
import static io.backprocess.read.Enumerators.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.OffsetRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

/** When an enumerator gives nothing out or fails: the claim, the ledger or the snapshot is in the way. */
class EnumeratorRefusalsTest {
    @Test
    void failsWhereTheLedgerCannotBeRead() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = enumerator(
                context,
                () -> {
                    throw new IllegalArgumentException("no broker");
                },
                List.of(FROM_START),
                false);

        enumerator.start();
        context.register(enumerator, 0);

        assertThatThrownBy(context::runAsyncCalls)
                .isInstanceOf(IllegalStateException.class)
                .isNotInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage("no broker");
    }

    @Test
    void readsTheLedgerOnlyOnceItHasTheClaimAndAllReadersAreThere() {
        List<String> story = new ArrayList<>();
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(
                context,
                () -> {
                    story.add("ledger");
                    return committed(Map.of());
                },
                BatchLease.of("b", () -> story.add("claim"), () -> story.add("close")));

        enumerator.start();
        context.runAsyncCalls();
        context.register(enumerator, 1);
        context.runAsyncCalls();
        story.add("last reader");
        context.register(enumerator, 0);
        context.runAsyncCalls();
        enumerator.close();

        assertThat(story).containsExactly("claim", "last reader", "ledger", "close");
    }

    @Test
    void givesNothingOutAndReadsNoLedgerWhereTheClaimIsRefused() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = fresh(
                context,
                () -> {
                    throw new AssertionError("the ledger is not asked");
                },
                refusingFrom(1));
        enumerator.start();
        context.register(enumerator, 0);

        assertThatThrownBy(context::runAsyncCalls).isInstanceOf(SuppressRestartsException.class);
        assertThat(context.assigned).isEmpty();
    }

    @Test
    void takesNoSnapshotAndFailsForGoodOnceAnotherCopyHasTakenOver() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = fresh(context, () -> committed(Map.of()), refusingFrom(3));
        context.answersAtOnce = true;
        enumerator.start();
        context.register(enumerator, 0);
        enumerator.snapshotState(1);

        assertThatThrownBy(() -> enumerator.snapshotState(2)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void failsForGoodWhenAReaderIsLostToAnotherCopy() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = fresh(context, () -> committed(Map.of()), refusingFrom(2));
        context.answersAtOnce = true;
        enumerator.start();
        context.register(enumerator, 0);

        assertThatThrownBy(() -> context.fail(enumerator, 0, FROM_START)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void goesOnWhileKafkaCannotTellWhoseTheBatchIs() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        AtomicInteger proofs = new AtomicInteger();
        BatchLease forgetful = BatchLease.of(
                "b",
                () -> {
                    if (proofs.incrementAndGet() > 1) {
                        throw new IllegalStateException("no broker");
                    }
                },
                () -> {});
        HistoryEnumerator enumerator = fresh(context, () -> committed(Map.of()), forgetful);
        context.answersAtOnce = true;
        enumerator.start();
        context.register(enumerator, 0);

        assertThatThrownBy(() -> enumerator.snapshotState(1)).isNotInstanceOf(SuppressRestartsException.class);
        context.fail(enumerator, 0, FROM_START);
        context.register(enumerator, 0);

        assertThat(context.assigned.get(0)).hasSize(8);
    }

    private static BatchLease refusingFrom(int proof) {
        AtomicInteger proofs = new AtomicInteger();
        return BatchLease.of(
                "b",
                () -> {
                    if (proofs.incrementAndGet() >= proof) {
                        throw new SuppressRestartsException(new IllegalStateException("taken over"));
                    }
                },
                () -> {});
    }

    @Test
    void refusesAFreshStartOverWhatTheBatchHasCommitted() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = fresh(context, () -> committed(Map.of(3, 17L)), CLAIM);

        enumerator.start();
        context.register(enumerator, 0);

        assertThatThrownBy(context::runAsyncCalls)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("{3=17}");
        assertThat(context.assigned).isEmpty();
    }

    /** By Flink's rules: what is thrown at a restore starts it over, and only what {@code start} throws ends the job. */
    @Test
    void endsForGoodBeforeAClientIsMadeOfPropertiesThatReferToNothing() {
        HistorySource source = source(List.of(new OffsetRange(0, 0, 10)), () -> {
            throw new SuppressRestartsException(new IllegalStateException("no such file"));
        });
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HeldSplits held = new HeldSplits(HASH, List.of(split(0, 0)), 0);

        assertThatThrownBy(() -> source.createEnumerator(context)).isInstanceOf(SuppressRestartsException.class);
        assertThatThrownBy(() -> source.restoreEnumerator(context, held).start())
                .isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void refusesASnapshotThatIsOlderThanTheLedger() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = start(context, List.of(), Map.of(0, 10L, 1, 12L), true);
        context.register(enumerator, 0, split(0, 10));

        assertThatThrownBy(() -> context.register(enumerator, 1, split(1, 11)))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("11")
                .hasMessageContaining("12");
        assertThat(context.assigned).isEmpty();
        assertThat(context.signals).isEmpty();
    }

    @Test
    void refusesASnapshotOlderThanTheLedgerWhereNoReaderHadTheSplit() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = start(context, List.of(split(3, 0)), Map.of(3, 1L), true);

        assertThatThrownBy(() -> context.register(enumerator, 0)).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void goesOnWhereTheLedgerStandsAtTheSnapshotOrBehindIt() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = start(context, List.of(), Map.of(0, 10L, 1, 7L), true);

        context.register(enumerator, 0, split(0, 10), split(1, 11));

        assertThat(context.assigned.get(0)).containsExactly(split(0, 10), split(1, 11));
    }

    @Test
    void refusesASnapshotOfAnotherPlan() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistorySource source = source(List.of(new OffsetRange(0, 5, 9)));

        HeldSplits other = new HeldSplits("def", List.of());
        SplitEnumerator<KafkaPartitionSplit, HeldSplits> refused = source.restoreEnumerator(context, other);

        assertThatThrownBy(refused::start)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("def")
                .hasMessageContaining(HASH);
    }

    @Test
    void refusesASnapshotThatIsNotBehindTheDeadLetters() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        Committed lostResults = new Committed(Map.of(0, 10L), Map.of(0, 12L), "Do this.");
        HistoryEnumerator enumerator = start(context, List.of(), lostResults, true);

        assertThatThrownBy(() -> context.register(enumerator, 0, split(0, 11)))
                .isInstanceOf(SuppressRestartsException.class)
                .hasStackTraceContaining(
                        "stands at offset 11, but the dead letter of offset 11 is on its topic already")
                .hasStackTraceContaining("Do this.");
    }

    @Test
    void takesASnapshotThatIsBehindResultsAndDeadLetters() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        Committed lostResults = new Committed(Map.of(0, 10L), Map.of(0, 12L), "");
        HistoryEnumerator enumerator = start(context, List.of(), lostResults, true);

        context.register(enumerator, 0, split(0, 12));

        assertThat(context.assigned.get(0)).containsExactly(split(0, 12));
    }

    @Test
    void refusesToBeginWhereDeadLettersAreCommittedAndNoResults() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        Committed lostResults = new Committed(Map.of(), Map.of(2, 12L), "Do this.");
        HistoryEnumerator enumerator = start(context, List.of(FROM_START), lostResults, false);

        assertThatThrownBy(() -> context.register(enumerator, 0))
                .isInstanceOf(SuppressRestartsException.class)
                .hasStackTraceContaining("would be dead-lettered twice")
                .hasStackTraceContaining("Do this.");
    }
}
