package io.backprocess.read;

import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/**
 * Replaces an enumerator that must not be restored, and throws the refusal when it is started. Flink can lose an exception that
 * is thrown earlier, during the restore: then the tasks run and wait for splits forever.
 */
final class RefusedSnapshot implements SplitEnumerator<KafkaPartitionSplit, HeldSplits> {
    private final HeldSplits held;
    private final SuppressRestartsException refusal;

    RefusedSnapshot(HeldSplits held, SuppressRestartsException refusal) {
        this.held = held;
        this.refusal = refusal;
    }

    @Override
    public void start() {
        throw refusal;
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {}

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {}

    @Override
    public void addReader(int subtask) {}

    @Override
    public HeldSplits snapshotState(long checkpointId) {
        return held;
    }

    @Override
    public void close() {}
}
