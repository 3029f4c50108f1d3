package io.backprocess.dedupe;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers every eventId that the batch has taken; the first copy goes on, the others are counted.
 *
 * <p>The ids of a shard are looked up in memory ({@link SeenIds}); keyed state holds them as numbered blocks that are only
 * ever added to. Those that memory has no room for are entries of the state ({@link SpilledIds}). Killed between two
 * checkpoints: the blocks of the first are read back, the ids since then are gone together with the results that they stood
 * for, and are taken again when the records are read again. A shard is read back when its first event comes.
 *
 * <p>What comes waits until {@link #ROW} are there, for the next checkpoint or a second, and leaves in the order in which it came.
 * Nearly every lookup misses the processor's caches; of a row of them the misses overlap, where one by one each would be waited
 * for.
 */
public final class DropDuplicates extends AbstractStreamOperator<Outcome>
        implements OneInputStreamOperator<Outcome, Outcome>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    public static final String STAGE = "dedupe";
    /** The layout of the blocks; kept in the plan, so that a batch never reads another layout. */
    public static final int STATE_FORMAT = 1;

    private static final Logger LOG = LoggerFactory.getLogger(DropDuplicates.class);
    /** Of the heap, for the ids of all subtasks of a TaskManager; the rest is for Kafka's clients and the records in flight. */
    private static final double HEAP_FRACTION = 0.6;

    private static final int ROW = 32;
    private static final long LINGER_MS = 1000;

    private final ShardSelector shards;
    private final long seed;
    private final @Nullable MemorySize memory;

    private transient @Nullable MapState<Integer, byte[]> blocks;
    private transient Map<Integer, Shard> loaded = new HashMap<>();
    private transient @Nullable Shard current;
    private transient @Nullable IdHash hash;
    private transient @Nullable IdMemory budget;
    private transient @Nullable SpilledIds spilled;
    private transient Outcome[] row = new Outcome[0];
    /** Of each event in the row. */
    private transient Shard[] owners = new Shard[0];

    private transient long[] highs = new long[0];
    private transient long[] lows = new long[0];
    private transient int waiting;
    private transient @Nullable ScheduledFuture<?> timer;
    /** Written only, or the compiler would leave the lookups out. */
    @SuppressWarnings("UnusedVariable")
    private transient long touched;

    private transient StreamRecord<Outcome> out = new StreamRecord<>(null);

    /**
     * @param seed of the hashes, the batch's own, so that nobody can make up ids that collide
     * @param memory heap for the ids of each subtask; null for its share of the TaskManager's
     */
    public DropDuplicates(ShardSelector shards, long seed, @Nullable MemorySize memory) {
        this.shards = shards;
        this.seed = seed;
        this.memory = memory;
    }

    private static final class Shard {
        final int key;
        final SeenIds ids;
        int blocks;

        Shard(int key, SeenIds ids) {
            this.key = key;
            this.ids = ids;
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        blocks = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "ids", Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        loaded = new HashMap<>();
        hash = new IdHash(seed);
        budget = new IdMemory(memory == null ? shareOfHeap() : memory.getBytes());
        spilled = new SpilledIds(this, getRuntimeContext().getMapState(SpilledIds.STATE), budget);
        row = new Outcome[ROW];
        owners = new Shard[ROW];
        highs = new long[ROW];
        lows = new long[ROW];
        waiting = 0;
        timer = null;
        out = new StreamRecord<>(null);
    }

    private long shareOfHeap() {
        int slots = getRuntimeContext()
                .getTaskManagerRuntimeInfo()
                .getConfiguration()
                .get(TaskManagerOptions.NUM_TASK_SLOTS);
        return (long) (Runtime.getRuntime().maxMemory() * HEAP_FRACTION / slots);
    }

    /** The key is set where state is touched, and not for every event. */
    @Override
    public boolean hasKeyContext1() {
        return false;
    }

    @Override
    public void processElement(StreamRecord<Outcome> element) throws Exception {
        Outcome outcome = element.getValue();
        if (outcome instanceof Event event) {
            // Now, while the processor's caches have its bytes.
            hash().compute(event);
            highs[waiting] = hash().high();
            lows[waiting] = hash().low();
            owners[waiting] = shard(shards.keyOf(event));
        }
        row[waiting++] = outcome;
        if (waiting == ROW) {
            finishRow();
        } else if (timer == null) {
            // It stays when its row has been filled, so that there is one a second at most.
            long due = getProcessingTimeService().getCurrentProcessingTime() + LINGER_MS;
            timer = getProcessingTimeService().registerTimer(due, time -> {
                timer = null;
                finishRow();
            });
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        finishRow();
    }

    @Override
    public void endInput() throws Exception {
        finishRow();
    }

    private void finishRow() throws Exception {
        long sum = 0;
        for (int i = 0; i < waiting; i++) {
            if (row[i] instanceof Event) {
                sum += owners[i].ids.touch(highs[i]);
            }
        }
        touched = sum;
        int length = waiting;
        waiting = 0;
        for (int i = 0; i < length; i++) {
            Outcome outcome = row[i];
            if (outcome instanceof Event event) {
                outcome = owners[i].ids.dedupe(event, highs[i], lows[i]);
            }
            output.collect(out.replace(outcome));
        }
    }

    private IdHash hash() {
        if (hash == null) {
            throw new IllegalStateException("used before open");
        }
        return hash;
    }

    private Shard shard(int key) throws Exception {
        Shard shard = current;
        if (shard == null || shard.key != key) {
            shard = loaded.get(key);
            if (shard == null) {
                shard = load(key);
                loaded.put(key, shard);
            }
            current = shard;
        }
        return shard;
    }

    private Shard load(int key) throws Exception {
        if (budget == null || spilled == null) {
            throw new IllegalStateException("used before open");
        }
        Shard shard = new Shard(key, new SeenIds(hash(), budget, key, spilled));
        setCurrentKey(key);
        long from = System.nanoTime();
        for (byte[] block : blocks().values()) {
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

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (Shard shard : loaded.values()) {
            setCurrentKey(shard.key);
            for (byte[] block : shard.ids.drain()) {
                blocks().put(shard.blocks++, block);
            }
        }
    }

    private MapState<Integer, byte[]> blocks() {
        if (blocks == null) {
            throw new IllegalStateException("used before open");
        }
        return blocks;
    }
}
