package io.backprocess.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.KeyGroups;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A topic that had two partitions when the plan was made: at parallelism 2 subtask 0 has 0, and subtask 1 has 1. */
class FollowingEnumeratorTest {
    private static final KeyGroups KEY_GROUPS = new KeyGroups(2, 128);

    private final FakeWatch watch = new FakeWatch(2);

    @Test
    void neverSaysThatThereAreNoMore() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(3);
        HistoryEnumerator enumerator = fresh(context);

        context.register(enumerator, 0);
        context.register(enumerator, 1);
        context.register(enumerator, 2);
        context.runPeriodicCalls();

        assertThat(context.assigned).isEqualTo(Map.of(0, List.of(split(0, 0)), 1, List.of(split(1, 0))));
        assertThat(context.signals).isEmpty();
    }

    @Test
    void givesAPartitionThatIsAddedToTheSubtaskOfItsKeyGroupFromItsFirstRecordOn() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(context);
        context.register(enumerator, 0);
        context.register(enumerator, 1);

        watch.partitions = 4;
        context.runPeriodicCalls();
        context.runPeriodicCalls();

        assertThat(KEY_GROUPS.subtaskOfPartition(2, 2)).isZero();
        assertThat(KEY_GROUPS.subtaskOfPartition(3, 2)).isOne();
        assertThat(context.assigned)
                .isEqualTo(Map.of(0, List.of(split(0, 0), split(2, 0)), 1, List.of(split(1, 0), split(3, 0))));
        assertThat(enumerator.snapshotState(1).foundPartitions()).isEqualTo(4);
    }

    @Test
    void readsPartitionsThatWereAddedBetweenPlanAndStart() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        watch.partitions = 3;
        HistoryEnumerator enumerator = fresh(context);

        context.register(enumerator, 0);

        assertThat(context.assigned.get(0)).containsExactly(split(0, 0), split(1, 0), split(2, 0));
    }

    @Test
    void givesAFoundPartitionOutAgainWhereItsReaderFailsBeforeTheNextCheckpoint() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(context);
        context.register(enumerator, 0);
        context.register(enumerator, 1);
        enumerator.snapshotState(1);
        watch.partitions = 3;
        context.runPeriodicCalls();

        context.fail(enumerator, 0, split(2, 0));
        context.runPeriodicCalls();
        context.register(enumerator, 0, split(0, 17));

        assertThat(context.assigned.get(0)).containsExactly(split(0, 0), split(2, 0), split(2, 0), split(0, 17));
    }

    @Test
    void findsAPartitionAgainWhereEverythingFailsBeforeTheNextCheckpoint() {
        FakeEnumeratorContext before = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = fresh(before);
        before.register(enumerator, 0);
        HeldSplits checkpoint = enumerator.snapshotState(1);
        watch.partitions = 3;
        before.runPeriodicCalls();

        FakeEnumeratorContext after = new FakeEnumeratorContext(1);
        HistoryEnumerator restored = restored(after, checkpoint, Map.of(0, 10L));
        after.register(restored, 0, split(0, 10), split(1, 0));

        assertThat(before.assigned.get(0)).contains(split(2, 0));
        assertThat(after.assigned.get(0)).containsExactly(split(0, 10), split(1, 0), split(2, 0));
    }

    @Test
    void doesNotFindAPartitionTwiceThatTheSnapshotHolds() {
        FakeEnumeratorContext before = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = fresh(before);
        before.register(enumerator, 0);
        watch.partitions = 3;
        before.runPeriodicCalls();
        HeldSplits checkpoint = enumerator.snapshotState(1);

        FakeEnumeratorContext after = new FakeEnumeratorContext(2);
        HistoryEnumerator restored = restored(after, checkpoint, Map.of(0, 10L, 2, 5L));
        after.register(restored, 0, split(0, 10), split(2, 5));
        after.register(restored, 1, split(1, 0));
        after.runPeriodicCalls();

        assertThat(after.assigned).isEqualTo(Map.of(0, List.of(split(0, 10), split(2, 5)), 1, List.of(split(1, 0))));
        assertThat(after.signals).isEmpty();
    }

    @Test
    void keepsAPartitionInTheSnapshotWhoseReaderIsNotThere() {
        FakeEnumeratorContext before = new FakeEnumeratorContext(2);
        HistoryEnumerator enumerator = fresh(before);
        before.register(enumerator, 0);
        before.register(enumerator, 1);
        before.fail(enumerator, 0, split(0, 0));
        watch.partitions = 3;
        before.runPeriodicCalls();

        HeldSplits checkpoint = enumerator.snapshotState(1);

        assertThat(checkpoint).isEqualTo(new HeldSplits("hash", List.of(split(0, 0), split(2, 0)), 3));
    }

    @Test
    void refusesASnapshotFromBeforeAPartitionWasFoundOfWhichSomethingIsCommitted() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        watch.partitions = 3;
        HistoryEnumerator restored = restored(context, new HeldSplits("hash", List.of(), 2), Map.of(2, 5L));

        assertThatThrownBy(() -> context.register(restored, 0, split(0, 0), split(1, 0)))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("orders-2: the snapshot stands at offset 0")
                .hasMessageContaining("committed up to 5");
        assertThat(context.assigned).isEmpty();
    }

    @Test
    void failsWhereThereAreNoKeyGroupsForMorePartitions() {
        FakeEnumeratorContext context = new FakeEnumeratorContext(1);
        HistoryEnumerator enumerator = fresh(context);
        context.register(enumerator, 0);

        watch.partitions = 129;

        assertThatThrownBy(context::runPeriodicCalls)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("grown to 129 partitions")
                .hasMessageContaining("up to 128");
    }

    private HistoryEnumerator fresh(FakeEnumeratorContext context) {
        HistoryEnumerator enumerator = new HistoryEnumerator(
                context,
                KEY_GROUPS,
                new HistoryEnumerator.Claim("hash", () -> Enumerators.committed(Map.of()), Enumerators.CLAIM),
                new HistoryEnumerator.Splits(List.of(split(0, 0), split(1, 0)), false),
                watch,
                new Discovery("orders", 2));
        context.answersAtOnce = true;
        enumerator.start();
        return enumerator;
    }

    private HistoryEnumerator restored(FakeEnumeratorContext context, HeldSplits held, Map<Integer, Long> committed) {
        HistoryEnumerator enumerator = new HistoryEnumerator(
                context,
                KEY_GROUPS,
                new HistoryEnumerator.Claim("hash", () -> Enumerators.committed(committed), Enumerators.CLAIM),
                new HistoryEnumerator.Splits(held.splits(), true),
                watch,
                new Discovery("orders", held.foundPartitions()));
        context.answersAtOnce = true;
        enumerator.start();
        return enumerator;
    }

    private static KafkaPartitionSplit split(int partition, long from) {
        return new KafkaPartitionSplit(new TopicPartition("orders", partition), from);
    }
}
