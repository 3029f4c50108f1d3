package io.backprocess.dedupe;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Remembers every eventId that the batch has taken. The first copy goes on; later copies are counted.
 *
 * <p>{@link KeptIds} keeps the ids, in memory and in keyed state. Killed between two checkpoints: the ids since the first one are
 * lost together with their results, and are taken again when the records are read again.
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

    private static final int ROW = 32;
    private static final long LINGER_MS = 1000;

    private final ShardSelector shards;
    private final long seed;
    private final @Nullable MemorySize memory;

    private transient @Nullable KeptIds ids;
    private transient @Nullable IdHash hash;
    private transient Outcome[] row = new Outcome[0];
    /** The ids of the shard of each event in the row. */
    private transient SeenIds[] owners = new SeenIds[0];

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

    @Override
    public void open() throws Exception {
        super.open();
        hash = new IdHash(seed);
        ids = new KeptIds(this, seed, memory);
        row = new Outcome[ROW];
        owners = new SeenIds[ROW];
        highs = new long[ROW];
        lows = new long[ROW];
        waiting = 0;
        timer = null;
        out = new StreamRecord<>(null);
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
            owners[waiting] = ids().of(shards.keyOf(event));
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
                sum += owners[i].touch(highs[i]);
            }
        }
        touched = sum;
        int length = waiting;
        waiting = 0;
        for (int i = 0; i < length; i++) {
            Outcome outcome = row[i];
            if (outcome instanceof Event event) {
                outcome = owners[i].dedupe(event, highs[i], lows[i]);
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

    private KeptIds ids() {
        if (ids == null) {
            throw new IllegalStateException("used before open");
        }
        return ids;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        ids().snapshot();
    }
}
