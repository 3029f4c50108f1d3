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
 * Remembers every eventId that the batch has taken. The first copy goes on; later copies are counted.
 *
 * <p>The ids of a shard are looked up in memory ({@link SeenIds}). Keyed state holds them as numbered blocks that are never
 * changed once written. Ids that do not fit into memory are entries of the state ({@link SpilledIds}). Killed between two
 * checkpoints: the blocks of the first checkpoint are read back. The ids since then are lost together with their results, and
 * are taken again when the records are read again. A shard is read back when its first event comes.
 *
 * <p>Outcomes wait until {@link #ROW} of them have come, until the next checkpoint, or for a second. They leave in the order
 * in which they came. Nearly every lookup misses the processor's caches. In a row of lookups the misses overlap; one by one
 * each would cost its full time.
 */
public final class DropDuplicates extends AbstractStreamOperator<Outcome>
        implements OneInputStreamOperator<Outcome, Outcome>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    public static final String STAGE = "dedupe";
    /** The layout of the blocks. The plan stores it, so that a batch never reads another layout. */
    public static final int STATE_FORMAT = 1;

    private static final Logger LOG = LoggerFactory.getLogger(DropDuplicates.class);
    /**
     * The share of the heap for the ids of all subtasks of a TaskManager; the rest is for Kafka's clients and records in
     * flight.
     */
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
    /** The shard of each event in the row. */
    private transient Shard[] owners = new Shard[0];

    private transient long[] highs = new long[0];
    private transient long[] lows = new long[0];
    private transient int waiting;
    private transient @Nullable ScheduledFuture<?> timer;
    /** This is only written; without it the compiler would remove the lookups. */
    @SuppressWarnings("UnusedVariable")
    private transient long touched;

    private transient StreamRecord<Outcome> out = new StreamRecord<>(null);

    /**
     * @param seed the seed of the hashes, different for each batch, so that no one can construct ids that collide
     * @param memory the heap for the ids of each subtask; null for its share of the TaskManager's heap
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

    /** Returns false, so that Flink does not set the key for every event. It is set where state is used. */
    @Override
    public boolean hasKeyContext1() {
        return false;
    }

    @Override
    public void processElement(StreamRecord<Outcome> element) throws Exception {
        Outcome outcome = element.getValue();
        if (outcome instanceof Event event) {
            // Hash the event now, while the processor's caches hold its bytes.
            hash().compute(event);
            highs[waiting] = hash().high();
            lows[waiting] = hash().low();
            owners[waiting] = shard(shards.keyOf(event));
        }
        row[waiting++] = outcome;
        if (waiting == ROW) {
            finishRow();
        } else if (timer == null) {
            // The timer stays when its row has been filled, so that there is at most one per second.
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
