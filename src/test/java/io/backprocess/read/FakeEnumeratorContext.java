package io.backprocess.read;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;

/** The enumerator's side of Flink's coordinator: readers come and go, and what they are told is written down. */
final class FakeEnumeratorContext implements SplitEnumeratorContext<KafkaPartitionSplit> {
    private final int parallelism;
    private final Map<Integer, ReaderInfo> readers = new HashMap<>();
    private final Queue<Runnable> asyncCalls = new ArrayDeque<>();
    private final List<Runnable> periodicCalls = new ArrayList<>();

    /** By subtask, everything that was ever assigned to it. */
    final Map<Integer, List<KafkaPartitionSplit>> assigned = new TreeMap<>();
    /** By subtask, how often it was told that there are no more splits. */
    final Map<Integer, Integer> signals = new TreeMap<>();

    /** Asynchronous calls need no {@link #runAsyncCalls}. */
    boolean answersAtOnce;

    FakeEnumeratorContext(int parallelism) {
        this.parallelism = parallelism;
    }

    /** A reader registers and reports the splits of its restored state. */
    void register(HistoryEnumerator enumerator, int subtask, KafkaPartitionSplit... reported) {
        readers.put(subtask, ReaderInfo.createReaderInfo(subtask, "here", List.of(reported)));
        enumerator.addReader(subtask);
    }

    /** A reader is lost; what it was given since the last checkpoint comes back. */
    void fail(HistoryEnumerator enumerator, int subtask, KafkaPartitionSplit... sinceCheckpoint) {
        readers.remove(subtask);
        if (sinceCheckpoint.length > 0) {
            enumerator.addSplitsBack(List.of(sinceCheckpoint), subtask);
        }
    }

    /** The answers of asynchronous calls, which come when the test says so. */
    void runAsyncCalls() {
        for (Runnable call = asyncCalls.poll(); call != null; call = asyncCalls.poll()) {
            call.run();
        }
    }

    /** Another period has passed. */
    void runPeriodicCalls() {
        periodicCalls.forEach(Runnable::run);
        runAsyncCalls();
    }

    @Override
    public int currentParallelism() {
        return parallelism;
    }

    @Override
    public Map<Integer, ReaderInfo> registeredReaders() {
        return Map.copyOf(readers);
    }

    @Override
    public void assignSplits(SplitsAssignment<KafkaPartitionSplit> assignment) {
        assignment.assignment().forEach((subtask, splits) -> {
            if (!readers.containsKey(subtask)) {
                throw new IllegalArgumentException("Flink refuses: subtask " + subtask + " is not registered");
            }
            assigned.computeIfAbsent(subtask, any -> new ArrayList<>()).addAll(splits);
        });
    }

    @Override
    public void signalNoMoreSplits(int subtask) {
        if (!readers.containsKey(subtask)) {
            throw new IllegalArgumentException("Flink refuses: subtask " + subtask + " is not registered");
        }
        signals.merge(subtask, 1, Integer::sum);
    }

    @Override
    @SuppressWarnings("NullAway") // one of both is null, as Flink has it
    public <T> void callAsync(Callable<T> call, BiConsumer<T, Throwable> handler) {
        asyncCalls.add(() -> {
            T result;
            try {
                result = call.call();
            } catch (Exception e) {
                handler.accept(null, e);
                return;
            }
            handler.accept(result, null);
        });
        if (answersAtOnce) {
            runAsyncCalls();
        }
    }

    @Override
    public <T> void callAsync(Callable<T> call, BiConsumer<T, Throwable> handler, long delay, long period) {
        callAsync(call, handler);
        periodicCalls.add(() -> callAsync(call, handler));
    }

    @Override
    public void runInCoordinatorThread(Runnable runnable) {
        runnable.run();
    }

    @Override
    public void sendEventToSourceReader(int subtask, SourceEvent event) {
        throw new UnsupportedOperationException("readers get no events");
    }

    @Override
    public SplitEnumeratorMetricGroup metricGroup() {
        throw new UnsupportedOperationException("nothing is measured");
    }
}
