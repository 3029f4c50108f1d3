package io.backprocess.dedupe;

import io.backprocess.dedupe.IdTable.IdCheck;
import java.util.Arrays;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The eventIds of one subtask that do not fit into its memory. Each is an entry in keyed state, which is on disk. Lookups are
 * exact and slow: a new id costs a write, and an id that the filter in memory does not rule out costs a read too.
 */
final class SpilledIds {
    private static final Logger LOG = LoggerFactory.getLogger(SpilledIds.class);
    /** Maps the first 64 bits of an id's hash to the rest of it with the payload's hash. There is almost always one such rest. */
    static final MapStateDescriptor<Long, long[]> STATE =
            new MapStateDescriptor<>("spilled", Types.LONG, PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);

    private final KeyContext keys;
    private final MapState<Long, long[]> entries;
    private final IdMemory memory;
    private @Nullable IdFilter filter;

    /** @param keys the operator whose current key selects the shard of {@code entries} */
    SpilledIds(KeyContext keys, MapState<Long, long[]> entries, IdMemory memory) {
        this.keys = keys;
        this.entries = entries;
        this.memory = memory;
    }

    /**
     * Loads the entries of earlier attempts into the shard's table, which may have more room now, or else into the filter.
     */
    void load(int shard, IdTable table) throws Exception {
        keys.setCurrentKey(shard);
        for (Map.Entry<Long, long[]> entry : entries.entries()) {
            for (long low : entry.getValue()) {
                if (table.take(entry.getKey(), low) == IdCheck.FULL) {
                    filter().add(entry.getKey());
                }
            }
        }
    }

    /** Removes the entries of a shard. The filter still has them, which costs lookups only. */
    void clear(int shard) {
        keys.setCurrentKey(shard);
        entries.clear();
    }

    IdCheck take(int shard, long high, long low) {
        keys.setCurrentKey(shard);
        try {
            return take(high, low);
        } catch (Exception e) {
            throw new FlinkRuntimeException("the eventIds on disk cannot be looked up", e);
        }
    }

    private IdCheck take(long high, long low) throws Exception {
        long[] lows = filter().mayContain(high) ? entries.get(high) : null;
        if (lows == null) {
            filter().add(high);
            entries.put(high, new long[] {low});
            return IdCheck.NEW;
        }
        for (long taken : lows) {
            if (IdTable.isSameId(taken, low)) {
                return IdTable.ofCopy(taken, low);
            }
        }
        long[] more = Arrays.copyOf(lows, lows.length + 1);
        more[lows.length] = low;
        entries.put(high, more);
        return IdCheck.NEW;
    }

    private IdFilter filter() {
        if (filter == null) {
            LOG.warn(
                    "the eventIds fill the {} MiB of memory that this subtask has for them: further ones go to the state"
                            + " on disk, which is slower; raise --dedupe-memory or the TaskManager's heap",
                    memory.limit() >> 20);
            filter = new IdFilter(memory.filterBytes());
        }
        return filter;
    }
}
