package io.backprocess.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.OffsetRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Four partitions: at parallelism 2 subtask 0 has 0 and 1, subtask 1 has 2 and 3. */
class HistoryEnumeratorTest {
    private static final KeyGroups KEY_GROUPS = new KeyGroups(4, 128);
    private static final String HASH = "abc";
    static final BatchLease CLAIM = BatchLease.of("b", () -> {}, () -> {});
    private static final KafkaPartitionSplit[] FROM_START = {split(0, 0), split(1, 0), split(2, 0), split(3, 0)};

    @Test
    void givesEachSplitToTheSubtaskOfItsKeyGroupAtAFreshStart() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(context);

        context.register(enumerator, 1);
        context.register(enumerator, 0);

        assertThat(context.assigned)
                .isEqualTo(Map.of(0, List.of(split(0, 0), split(1, 0)), 1, List.of(split(2, 0), split(3, 0))));
        assertThat(context.signals).isEqualTo(Map.of(0, 1, 1, 1));
        assertThat(enumerator.snapshotState(1).splits()).isEmpty();
    }

    @Test
    void tellsAReaderWithoutSplitsThatThereAreNoMore() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(8);
        HistoryEnumerator enumerator = fresh(context);

        for (int subtask = 0; subtask < 8; subtask++) {
            context.register(enumerator, subtask);
        }

        assertThat(context.assigned).hasSize(4);
        assertThat(context.signals).hasSize(8).allSatisfy((subtask, signals) -> assertThat(signals)
                .isEqualTo(1));
    }

    @Test
    void waitsForTheLedgerBeforeItGivesAnythingOut() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = enumerator(context, () -> committed(Map.of()), List.of(FROM_START), false);
        enumerator.start();
        context.register(enumerator, 0);
        context.register(enumerator, 1);
        boolean nothing = context.assigned.isEmpty() && context.signals.isEmpty();

        context.runAsyncCalls();

        assertThat(nothing).isTrue();
        assertThat(context.assigned).hasSize(2);
        assertThat(context.signals).isEqualTo(Map.of(0, 1, 1, 1));
    }

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

    @Test
    void waitsForAllReadersAfterARestore() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = restored(context);

        context.register(enumerator, 0, split(2, 12), split(0, 10));
        boolean nothing = context.assigned.isEmpty() && context.signals.isEmpty();
        context.register(enumerator, 1, split(3, 13), split(1, 11));

        assertThat(nothing).isTrue();
        assertThat(context.assigned.get(0)).containsExactlyInAnyOrder(split(0, 10), split(1, 11));
        assertThat(context.assigned.get(1)).containsExactlyInAnyOrder(split(2, 12), split(3, 13));
        assertThat(context.signals).isEqualTo(Map.of(0, 1, 1, 1));
    }

    @Test
    void letsABatchEndWhoseSplitsHadAllBeenRead() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = restored(context);

        context.register(enumerator, 0);
        context.register(enumerator, 1);

        assertThat(context.assigned).isEmpty();
        assertThat(context.signals).isEqualTo(Map.of(0, 1, 1, 1));
    }

    @Test
    void servesALoneReaderThatFailsBeforeTheFirstCheckpoint() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(context);
        context.register(enumerator, 0);
        context.register(enumerator, 1);

        context.fail(enumerator, 1, split(2, 0), split(3, 0));
        List<KafkaPartitionSplit> held = enumerator.snapshotState(1).splits();
        context.register(enumerator, 1);

        assertThat(held).containsExactly(split(2, 0), split(3, 0));
        assertThat(context.assigned.get(0)).hasSize(2);
        assertThat(context.assigned.get(1)).containsExactly(split(2, 0), split(3, 0), split(2, 0), split(3, 0));
        assertThat(context.signals).isEqualTo(Map.of(0, 1, 1, 2));
    }

    @Test
    void servesALoneReaderThatFailsAfterACheckpoint() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(context);
        context.register(enumerator, 0);
        context.register(enumerator, 1);

        // Partition 2 had been read to its end when the checkpoint was taken.
        context.fail(enumerator, 1);
        context.register(enumerator, 1, split(3, 40));

        assertThat(context.assigned.get(0)).hasSize(2);
        assertThat(context.assigned.get(1)).containsExactly(split(2, 0), split(3, 0), split(3, 40));
        assertThat(context.signals).isEqualTo(Map.of(0, 1, 1, 2));
    }

    @Test
    void givesASplitOutOnceThatComesBackOnTwoWays() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = restored(context);
        context.register(enumerator, 0, split(0, 10), split(1, 11));

        // Uncheckpointed since the restore, so Flink returns it; and the reader's state still lists it.
        context.fail(enumerator, 0, split(0, 10), split(1, 11));
        context.register(enumerator, 0, split(0, 10), split(1, 11));

        assertThat(context.assigned.get(0)).containsExactly(split(0, 10), split(1, 11), split(0, 10), split(1, 11));
        assertThat(context.signals).isEqualTo(Map.of(0, 2));
    }

    @Test
    void ignoresTheReportOfASplitThatAnotherSubtaskHas() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = restored(context);
        // Restored 1 → 2, and the whole old state went to subtask 1.
        KafkaPartitionSplit[] old = {split(0, 10), split(1, 11), split(2, 12), split(3, 13)};
        context.register(enumerator, 0);
        context.register(enumerator, 1, old);

        for (int failure = 0; failure < 3; failure++) {
            context.fail(enumerator, 1, split(2, 12), split(3, 13));
            context.register(enumerator, 1, old);
        }

        assertThat(context.assigned.get(0)).containsExactly(split(0, 10), split(1, 11));
        assertThat(context.assigned.get(1)).hasSize(2 * 4).containsOnly(split(2, 12), split(3, 13));
        assertThat(context.signals).isEqualTo(Map.of(0, 1, 1, 4));
    }

    @Test
    void takesTheSplitsOfAReaderThatFailsWhileItWaitsForTheOthers() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = restored(context);

        context.register(enumerator, 0, split(0, 10), split(3, 13));
        context.fail(enumerator, 0);
        context.register(enumerator, 1, split(1, 11), split(2, 12));
        boolean nothing = context.assigned.isEmpty();
        context.register(enumerator, 0, split(0, 10), split(3, 13));

        assertThat(nothing).isTrue();
        assertThat(context.assigned.get(0)).containsExactlyInAnyOrder(split(0, 10), split(1, 11));
        assertThat(context.assigned.get(1)).containsExactlyInAnyOrder(split(2, 12), split(3, 13));
    }

    @Test
    void keepsWhatNoReaderHasInItsSnapshotAndGoesOnFromThere() {
        FakeEnumeratorContext before = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(before);
        before.register(enumerator, 0);
        before.register(enumerator, 1);
        before.fail(enumerator, 1, split(2, 0), split(3, 0));
        HeldSplits held = enumerator.snapshotState(1);

        FakeEnumeratorContext after = new FakeEnumeratorContext(1);
        HistoryEnumerator restored = start(after, held.splits(), Map.of(), true);
        after.register(restored, 0, split(0, 5), split(1, 6));

        assertThat(held.planHash()).isEqualTo(HASH);
        assertThat(held.splits()).containsExactly(split(2, 0), split(3, 0));
        assertThat(after.assigned.get(0)).containsExactlyInAnyOrder(split(0, 5), split(1, 6), split(2, 0), split(3, 0));
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
    void givesNothingForPartitionsWithoutOffsets() throws Exception {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistorySource source =
                source(List.of(new OffsetRange(0, 5, 5), new OffsetRange(1, 5, 9), new OffsetRange(2, 0, 0)));

        HistoryEnumerator enumerator = (HistoryEnumerator) source.createEnumerator(context);
        enumerator.start();
        context.register(enumerator, 0);
        context.runAsyncCalls();

        assertThat(context.assigned.get(0))
                .containsExactly(new KafkaPartitionSplit(new TopicPartition("orders", 1), 5, 9));
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
    void looksWithAWatchOfItsOwnAfterTheLastEnumeratorHasClosedIts() throws Exception {
        HistorySource source = source(List.of(new OffsetRange(0, 5, 9)));
        source.createEnumerator(new FakeEnumeratorContext(1)).close();
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        context.answersAtOnce = true;

        HistoryEnumerator enumerator =
                (HistoryEnumerator) source.restoreEnumerator(context, new HeldSplits(HASH, List.of()));
        enumerator.start();
        context.register(enumerator, 0);

        assertThat(context.signals).isEqualTo(Map.of(0, 1));
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

    /** With dead letters that are no further than the results. */
    static Committed committed(Map<Integer, Long> results) {
        return new Committed(results, results, "");
    }

    private static KafkaPartitionSplit split(int partition, long from) {
        return new KafkaPartitionSplit(new TopicPartition("orders", partition), from, 100);
    }

    private static HistoryEnumerator fresh(FakeEnumeratorContext context) {
        return start(context, List.of(FROM_START), Map.of(), false);
    }

    private static HistoryEnumerator restored(FakeEnumeratorContext context) {
        return start(context, List.of(), Map.of(), true);
    }

    /** With claim and ledger answering at once. */
    private static HistoryEnumerator start(
            FakeEnumeratorContext context,
            List<KafkaPartitionSplit> splits,
            Map<Integer, Long> committed,
            boolean restored) {
        return start(context, splits, committed(committed), restored);
    }

    private static HistoryEnumerator start(
            FakeEnumeratorContext context, List<KafkaPartitionSplit> splits, Committed committed, boolean restored) {
        HistoryEnumerator enumerator = enumerator(context, () -> committed, splits, restored);
        context.answersAtOnce = true;
        enumerator.start();
        return enumerator;
    }

    private static HistoryEnumerator enumerator(
            FakeEnumeratorContext context,
            SerializableSupplier<Committed> committed,
            List<KafkaPartitionSplit> splits,
            boolean restored) {
        return enumerator(context, committed, CLAIM, splits, restored);
    }

    private static HistoryEnumerator fresh(
            FakeEnumeratorContext context, SerializableSupplier<Committed> committed, BatchLease lease) {
        return enumerator(context, committed, lease, List.of(FROM_START), false);
    }

    private static HistoryEnumerator enumerator(
            FakeEnumeratorContext context,
            SerializableSupplier<Committed> committed,
            BatchLease lease,
            List<KafkaPartitionSplit> splits,
            boolean restored) {
        return new HistoryEnumerator(
                context,
                KEY_GROUPS,
                new HistoryEnumerator.Claim(HASH, committed, lease),
                new HistoryEnumerator.Splits(splits, restored),
                new FakeWatch(4),
                null);
    }

    private static HistorySource source(List<OffsetRange> ranges) {
        return source(ranges, () -> {});
    }

    private static HistorySource source(List<OffsetRange> ranges, Runnable check) {
        Properties kafka = new Properties();
        kafka.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        return new HistorySource(
                "orders",
                ranges,
                new KeyGroups(ranges.size(), 128),
                HASH,
                kafka,
                new FakeBatch(check, ranges.size()),
                null);
    }

    /** Nothing of it is committed. */
    private record FakeBatch(Runnable check, int partitions) implements BatchAccess {
        @Override
        public void checkClient() {
            check.run();
        }

        @Override
        public Committed committed() {
            return HistoryEnumeratorTest.committed(Map.of());
        }

        @Override
        public BatchLease lease() {
            return CLAIM;
        }

        @Override
        public SourceWatch watch() {
            return new FakeWatch(partitions);
        }
    }
}
