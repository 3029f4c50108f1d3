package io.backprocess.read;

import static io.backprocess.read.Enumerators.FROM_START;
import static io.backprocess.read.Enumerators.HASH;
import static io.backprocess.read.Enumerators.committed;
import static io.backprocess.read.Enumerators.enumerator;
import static io.backprocess.read.Enumerators.fresh;
import static io.backprocess.read.Enumerators.restored;
import static io.backprocess.read.Enumerators.source;
import static io.backprocess.read.Enumerators.split;
import static io.backprocess.read.Enumerators.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Which reader gets which split, at a fresh start, after a restore and after a failure. */
class HistoryEnumeratorTest {
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
}
