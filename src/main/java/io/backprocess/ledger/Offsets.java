package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.backprocess.render.Words;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * An ordered set of offsets. It takes about one bit per offset if the offsets are close together. In JSON it is a list of ranges
 * {@code [[from, to), …]}. It is not thread-safe.
 */
public final class Offsets {
    private static final int CHUNK_BITS = 12;
    private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;
    /**
     * The largest number of offsets in one list that is read. A real line has a few thousand, but another client that may write
     * to the ledger could name all possible offsets.
     */
    private static final long MOST = 1 << 24;

    private final TreeMap<Long, BitSet> chunks = new TreeMap<>();
    private long size;

    /** @throws IllegalArgumentException if these are not ranges of offsets, or are too many offsets */
    @JsonCreator
    public static Offsets of(List<List<Long>> ranges) {
        Offsets offsets = new Offsets();
        for (List<Long> range : ranges) {
            if (range.size() != 2 || range.get(0) < 0 || range.get(1) <= range.get(0)) {
                throw new IllegalArgumentException(range + " is not a range of offsets");
            }
            if (range.get(1) - range.get(0) > MOST - offsets.size()) {
                throw new IllegalArgumentException(
                        "with %s there are more than %s offsets".formatted(range, Words.count(MOST)));
            }
            offsets.addRange(range.get(0), range.get(1));
        }
        return offsets;
    }

    /** Adds an offset and tells whether it was not in the set before. */
    public boolean add(long offset) {
        BitSet chunk = chunks.computeIfAbsent(offset >> CHUNK_BITS, any -> new BitSet());
        int bit = (int) (offset & CHUNK_MASK);
        if (chunk.get(bit)) {
            return false;
        }
        chunk.set(bit);
        size++;
        return true;
    }

    private void addRange(long from, long to) {
        for (long offset = from; offset < to; ) {
            long last = Math.min(to - 1, offset | CHUNK_MASK);
            BitSet range = new BitSet();
            range.set((int) (offset & CHUNK_MASK), (int) (last & CHUNK_MASK) + 1);
            addChunk(offset >> CHUNK_BITS, range);
            offset = last + 1;
        }
    }

    public void addAll(Offsets others) {
        others.chunks.forEach(this::addChunk);
    }

    /** Adds the offsets of each partition to those that are known of it. */
    static void addAll(Map<Integer, Offsets> all, Map<Integer, Offsets> others) {
        others.forEach((partition, offsets) ->
                all.computeIfAbsent(partition, any -> new Offsets()).addAll(offsets));
    }

    private void addChunk(long number, BitSet others) {
        BitSet chunk = chunks.computeIfAbsent(number, any -> new BitSet());
        size -= chunk.cardinality();
        chunk.or(others);
        size += chunk.cardinality();
    }

    public boolean contains(long offset) {
        // Most sets that are asked for every record are empty.
        BitSet chunk = size == 0 ? null : chunks.get(offset >> CHUNK_BITS);
        return chunk != null && chunk.get((int) (offset & CHUNK_MASK));
    }

    public long size() {
        return size;
    }

    /** Tells whether {@link #of} takes these offsets back. More of them can be in a set than in one list. */
    boolean fitsOneList() {
        return size <= MOST;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Calls the action with each offset, from the lowest to the highest. */
    public void forEach(LongConsumer action) {
        for (Map.Entry<Long, BitSet> chunk : chunks.entrySet()) {
            long first = chunk.getKey() << CHUNK_BITS;
            chunk.getValue().stream().forEach(bit -> action.accept(first + bit));
        }
    }

    /** Returns the lowest offset. */
    public long first() {
        Map.Entry<Long, BitSet> chunk = chunks.firstEntry();
        if (chunk == null) {
            throw new IllegalStateException("there is no offset");
        }
        return (chunk.getKey() << CHUNK_BITS) + chunk.getValue().nextSetBit(0);
    }

    /** Returns the highest offset. */
    public long last() {
        Map.Entry<Long, BitSet> chunk = chunks.lastEntry();
        if (chunk == null) {
            throw new IllegalStateException("there is no offset");
        }
        return (chunk.getKey() << CHUNK_BITS) + chunk.getValue().length() - 1;
    }

    /** Returns the ranges in order, each with its first offset and the offset after its last one. */
    @JsonValue
    public List<List<Long>> ranges() {
        List<List<Long>> ranges = new ArrayList<>();
        long[] open = {-1, -1};
        forEach(offset -> {
            if (offset != open[1]) {
                close(open, ranges);
                open[0] = offset;
            }
            open[1] = offset + 1;
        });
        close(open, ranges);
        return ranges;
    }

    private static void close(long[] range, List<List<Long>> ranges) {
        if (range[0] >= 0) {
            ranges.add(List.of(range[0], range[1]));
        }
    }

    /** Writes the set in a form of its own, which has no limit. {@link #read} reads it. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(chunks.size());
        for (Map.Entry<Long, BitSet> chunk : chunks.entrySet()) {
            byte[] bits = chunk.getValue().toByteArray();
            out.writeLong(chunk.getKey());
            out.writeInt(bits.length);
            out.write(bits);
        }
    }

    /** Reads what {@link #write} has written. */
    public static Offsets read(DataInput in) throws IOException {
        Offsets offsets = new Offsets();
        for (int left = in.readInt(); left > 0; left--) {
            long number = in.readLong();
            byte[] bits = new byte[in.readInt()];
            in.readFully(bits);
            offsets.addChunk(number, BitSet.valueOf(bits));
        }
        return offsets;
    }

    @Override
    public String toString() {
        return ranges().toString();
    }
}
