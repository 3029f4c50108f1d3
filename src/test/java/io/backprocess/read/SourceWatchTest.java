package io.backprocess.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.KeyGroups;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What the enumerator does with what the watch over the source sees. */
class SourceWatchTest {
    private final FakeWatch watch = new FakeWatch(2);
    private final FakeEnumeratorContext context = new FakeEnumeratorContext(1);

    @Test
    void givesNothingOutBeforeTheSourceWasSeen() {
        HistoryEnumerator enumerator = enumerator(false);
        context.register(enumerator, 0);
        boolean nothing = context.assigned.isEmpty() && context.signals.isEmpty();

        context.runAsyncCalls();

        assertThat(nothing).isTrue();
        assertThat(context.assigned.get(0)).containsExactly(split(0, 5), split(1, 7));
        assertThat(context.signals).isEqualTo(Map.of(0, 1));
    }

    @Test
    void failsWhereTheSourceCannotBeSeenAtTheStartAndMayBeStartedAgain() {
        watch.failure = new IllegalStateException("no broker");
        enumerator(false);

        assertThatThrownBy(context::runAsyncCalls)
                .isNotInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage("no broker");
    }

    @Test
    void goesOnWhereKafkaDoesNotAnswerLater() {
        HistoryEnumerator enumerator = enumerator(false);
        context.register(enumerator, 0);
        context.runAsyncCalls();

        watch.failure = new IllegalStateException("no broker");

        assertThatCode(context::runPeriodicCalls).doesNotThrowAnyException();
        assertThat(context.signals).isEqualTo(Map.of(0, 1));
    }

    @Test
    void failsForGoodWhereTheSourceIsGone() {
        HistoryEnumerator enumerator = enumerator(false);
        context.register(enumerator, 0);
        context.runAsyncCalls();

        watch.failure = new SuppressRestartsException(new IllegalStateException("gone"));

        assertThatThrownBy(context::runPeriodicCalls)
                .isInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage("gone");
    }

    @Test
    void refusesToGoOnWhereWhatComesNextHasBeenDeleted() {
        watch.firstOffsets.put(0, 5L);
        watch.firstOffsets.put(1, 9L);
        context.answersAtOnce = true;
        HistoryEnumerator enumerator = enumerator(true);

        assertThatThrownBy(() -> context.register(enumerator, 0))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("partition orders-1")
                .hasMessageContaining("goes on at offset 7")
                .hasMessageContaining("still exists is 9")
                .hasMessageContaining("2 offsets were deleted unread");
        assertThat(context.assigned).isEmpty();
    }

    @Test
    void takesNoNoticeOfPartitionsThatAreAddedToABatchWithAnEnd() {
        HistoryEnumerator enumerator = enumerator(false);
        context.register(enumerator, 0);
        context.runAsyncCalls();

        watch.partitions = 9;
        context.runPeriodicCalls();

        assertThat(context.assigned.get(0)).hasSize(2);
        assertThat(enumerator.snapshotState(1)).isEqualTo(new HeldSplits("hash", List.of()));
    }

    @Test
    void looksNoMoreOnceItIsClosed() {
        HistoryEnumerator enumerator = enumerator(false);
        enumerator.close();

        assertThat(watch.closed).isTrue();
        assertThatCode(context::runPeriodicCalls).doesNotThrowAnyException();
    }

    private HistoryEnumerator enumerator(boolean restored) {
        HistoryEnumerator enumerator = new HistoryEnumerator(
                context,
                new KeyGroups(2, 128),
                new HistoryEnumerator.Claim("hash", () -> Enumerators.committed(Map.of()), Enumerators.CLAIM),
                new HistoryEnumerator.Splits(List.of(split(0, 5), split(1, 7)), restored),
                watch,
                null);
        enumerator.start();
        return enumerator;
    }

    private static KafkaPartitionSplit split(int partition, long from) {
        return new KafkaPartitionSplit(new TopicPartition("orders", partition), from, 100);
    }
}
