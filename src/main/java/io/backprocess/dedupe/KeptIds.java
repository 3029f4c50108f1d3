package io.backprocess.dedupe;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The eventIds of one subtask of a job, by shard. They are looked up in memory ({@link SeenIds}). Keyed state holds them as
 * numbered blocks that are never changed once written. Ids that do not fit into memory are entries of the state ({@link
 * SpilledIds}).
 *
 * <p>A shard is read back when its first event comes. Killed between two checkpoints: the blocks of the first checkpoint are
 * read back, without the ids since then.
 */
public final class KeptIds {
    private static final Logger LOG = LoggerFactory.getLogger(KeptIds.class);
    /**
     * The share of the heap for the ids of all subtasks of a TaskManager; the rest is for Kafka's clients and records in
     * flight.
     */
    private static final double HEAP_FRACTION = 0.6;

    private final KeyContext keys;
    private final MapState<Integer, byte[]> blocks;
    private final IdHash hash;
    private final IdMemory memory;
    private final SpilledIds spilled;
    private final Map<Integer, Shard> loaded = new HashMap<>();
    private @Nullable Shard current;

    private static final class Shard {
        final int key;
        final SeenIds ids;
        int blocks;

        Shard(int key, SeenIds ids) {
            this.key = key;
            this.ids = ids;
        }
    }

    /**
     * Opens the state of an operator.
     *
     * @param operator the operator, whose key is set wherever state is used
     * @param seed the seed of the hashes: the plan's
     * @param memory the heap for the ids of each subtask; null for its share of the TaskManager's heap
     */
    public KeptIds(AbstractStreamOperator<?> operator, long seed, @Nullable MemorySize memory) {
        RuntimeContext context = operator.getRuntimeContext();
        this.keys = operator;
        this.blocks = context.getMapState(
                new MapStateDescriptor<>("ids", Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        this.hash = new IdHash(seed);
        this.memory = new IdMemory(memory == null ? shareOfHeap(operator) : memory.getBytes());
        this.spilled = new SpilledIds(operator, context.getMapState(SpilledIds.STATE), this.memory);
    }

    private static long shareOfHeap(AbstractStreamOperator<?> operator) {
        int slots = operator.getRuntimeContext()
                .getTaskManagerRuntimeInfo()
                .getConfiguration()
                .get(TaskManagerOptions.NUM_TASK_SLOTS);
        return (long) (Runtime.getRuntime().maxMemory() * HEAP_FRACTION / slots);
    }

    /** Returns the ids of the shard with this key. */
    public SeenIds of(int key) throws Exception {
        Shard shard = current;
        if (shard == null || shard.key != key) {
            shard = loaded.get(key);
            if (shard == null) {
                shard = load(key);
                loaded.put(key, shard);
            }
            current = shard;
        }
        return shard.ids;
    }

    private Shard load(int key) throws Exception {
        Shard shard = new Shard(key, new SeenIds(hash, memory, key, spilled));
        keys.setCurrentKey(key);
        long from = System.nanoTime();
        for (byte[] block : blocks.values()) {
            shard.ids.restore(block);
            shard.blocks++;
        }
        shard.ids.restoreSpilled();
        if (shard.blocks > 0) {
            Duration took = Duration.ofNanos(System.nanoTime() - from);
            LOG.info("read {} eventIds back in {} ms", shard.ids.size(), took.toMillis());
        }
        return shard;
    }

    /** Writes the ids since the last snapshot to the state. */
    public void snapshot() throws Exception {
        for (Shard shard : loaded.values()) {
            write(shard);
        }
    }

    /** Writes the ids of a shard to the state, and takes them out of memory until they are needed again. */
    public void unload(int key) throws Exception {
        Shard shard = loaded.remove(key);
        if (shard != null) {
            write(shard);
            shard.ids.close();
        }
        current = null;
    }

    /** Forgets the ids of a shard. */
    public void forget(int key) throws Exception {
        Shard shard = loaded.remove(key);
        if (shard != null) {
            shard.ids.close();
        }
        current = null;
        keys.setCurrentKey(key);
        blocks.clear();
        spilled.clear(key);
    }

    private void write(Shard shard) throws Exception {
        keys.setCurrentKey(shard.key);
        for (byte[] block : shard.ids.drain()) {
            blocks.put(shard.blocks++, block);
        }
    }
}
