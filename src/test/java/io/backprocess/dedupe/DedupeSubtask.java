package io.backprocess.dedupe;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.KeyGroups;
import io.backprocess.event.Outcome;
import io.backprocess.event.TravelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** One subtask of the step in Flink's harness. */
final class DedupeSubtask implements AutoCloseable {
    static final int MAX_PARALLELISM = 128;
    static final KeyGroups KEY_GROUPS = new KeyGroups(4, MAX_PARALLELISM);
    private static final long SEED = 17;

    final KeyedOneInputStreamOperatorTestHarness<Integer, Outcome, Outcome> harness;

    DedupeSubtask(DedupeScope scope, boolean rocksDb, int index, int parallelism, @Nullable MemorySize memory)
            throws Exception {
        ShardSelector shards = new ShardSelector(scope, KEY_GROUPS);
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new DropDuplicates(shards, SEED, memory), shards, Types.INT, MAX_PARALLELISM, parallelism, index);
        StateBackend backend = rocksDb ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend();
        harness.setStateBackend(backend);
    }

    void open(@Nullable OperatorSubtaskState state) throws Exception {
        harness.setup(TravelType.of(Outcome.class).createSerializer(new SerializerConfigImpl()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
    }

    /** Returns the outcomes of the events, in their order. */
    List<Outcome> process(Outcome... outcomes) throws Exception {
        harness.getOutput().clear();
        for (Outcome outcome : outcomes) {
            // Not by the harness, which sets the key: as in the pipeline, the operator must do it itself.
            harness.getOneInputOperator().processElement(new StreamRecord<>(outcome));
        }
        // They would wait for more.
        harness.prepareSnapshotPreBarrier(1);
        return new ArrayList<>(harness.extractOutputValues());
    }

    OperatorSubtaskState snapshot(long checkpoint) throws Exception {
        harness.prepareSnapshotPreBarrier(checkpoint);
        return harness.snapshot(checkpoint, checkpoint);
    }

    int numberOfKeys() {
        return harness.numKeyedStateEntries();
    }

    /** Returns the sizes of the blocks that the state holds for a partition, in their order. */
    List<Integer> blockSizes(int partition) throws Exception {
        harness.getOperator().setCurrentKey(KEY_GROUPS.keyOfPartition(partition));
        MapState<Integer, byte[]> blocks = harness.getOperator()
                .getKeyedStateBackend()
                .getPartitionedState(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        new MapStateDescriptor<>(
                                "ids", Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; blocks.contains(i); i++) {
            sizes.add(blocks.get(i).length);
        }
        return sizes;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
