package io.backprocess.read;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;

/** Reads from the source's part of a snapshot at which offset of each partition a restored job would go on. */
public final class SnapshotOffsets {
    /** The state of the readers, with the name and type that Flink's SourceOperator writes. */
    private static final ListStateDescriptor<byte[]> READERS =
            new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);

    private SnapshotOffsets() {}

    /**
     * Returns the next offset of every partition that was still being read, by partition. A partition that is missing from the
     * result had been read to its end, or had not been found at that time.
     *
     * @param source the state of the operator {@link SnapshotPlan#UID}
     * @throws IOException when the state cannot be read
     */
    public static Map<Integer, Long> of(OperatorState source) throws IOException {
        Map<Integer, Long> next = new TreeMap<>();
        if (source.getCoordinatorState() != null) {
            try (java.io.DataInputStream in =
                    new java.io.DataInputStream(source.getCoordinatorState().openInputStream())) {
                SnapshotPlan.held(in).splits().forEach(split -> put(next, split));
            }
        }
        List<OperatorStateHandle> readers = new ArrayList<>();
        for (OperatorSubtaskState subtask : source.getStates()) {
            readers.addAll(subtask.getManagedOperatorState());
        }
        for (byte[] split : splits(readers)) {
            put(
                    next,
                    SimpleVersionedSerialization.readVersionAndDeSerialize(new KafkaPartitionSplitSerializer(), split));
        }
        return next;
    }

    private static void put(Map<Integer, Long> next, KafkaPartitionSplit split) {
        next.merge(split.getPartition(), split.getStartingOffset(), Math::min);
    }

    /** Restores the state with Flink's own code, so that it reads every form that Flink writes: compressed, merged, or inline. */
    private static List<byte[]> splits(Collection<OperatorStateHandle> readers) throws IOException {
        try (CloseableRegistry registry = new CloseableRegistry();
                OperatorStateBackend backend = new DefaultOperatorStateBackendBuilder(
                                SnapshotOffsets.class.getClassLoader(), new ExecutionConfig(), false, readers, registry)
                        .build()) {
            ListState<byte[]> state = backend.getListState(READERS);
            List<byte[]> splits = new ArrayList<>();
            state.get().forEach(splits::add);
            backend.dispose();
            return splits;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
