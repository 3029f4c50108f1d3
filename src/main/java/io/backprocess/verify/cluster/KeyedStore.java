package io.backprocess.verify.cluster;

import io.backprocess.verify.ArrivalStore;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.util.FlinkRuntimeException;

/** The arrivals in one partition of a topic that belong to one lane, in keyed state. */
final class KeyedStore implements ArrivalStore {
    /** The number of the dead-letter topic's partition, which is that of the lane. */
    static final int DEAD_LETTERS = -1;

    private static final long[] NONE = new long[0];

    private final KeyContext keys;
    private final int key;
    private final int lane;
    private final int partition;
    private final MapState<Tuple3<Integer, Integer, Long>, long[]> state;

    /** @param partition the partition of the result topic, or {@link #DEAD_LETTERS} */
    KeyedStore(
            KeyContext keys, int key, int lane, int partition, MapState<Tuple3<Integer, Integer, Long>, long[]> state) {
        this.keys = keys;
        this.key = key;
        this.lane = lane;
        this.partition = partition;
        this.state = state;
    }

    @Override
    public long[] get(long arrival) {
        keys.setCurrentKey(key);
        try {
            long[] numbers = state.get(Tuple3.of(lane, partition, arrival));
            return numbers == null ? NONE : numbers;
        } catch (Exception e) {
            throw failed(e);
        }
    }

    @Override
    public void put(long arrival, long[] numbers) {
        keys.setCurrentKey(key);
        try {
            if (numbers.length == 0) {
                state.remove(Tuple3.of(lane, partition, arrival));
            } else {
                state.put(Tuple3.of(lane, partition, arrival), numbers);
            }
        } catch (Exception e) {
            throw failed(e);
        }
    }

    @Override
    public void forEach(Visitor visitor) {
        keys.setCurrentKey(key);
        try {
            for (Map.Entry<Tuple3<Integer, Integer, Long>, long[]> each : state.entries()) {
                if (each.getKey().f0 == lane && each.getKey().f1 == partition) {
                    visitor.accept(each.getKey().f2, each.getValue());
                }
            }
        } catch (Exception e) {
            throw failed(e);
        }
    }

    private static FlinkRuntimeException failed(Exception e) {
        return new FlinkRuntimeException("the index of arrivals cannot be used", e);
    }
}
