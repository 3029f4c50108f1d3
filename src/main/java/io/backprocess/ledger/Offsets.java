package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A set of offsets, in their order. Takes about a bit an offset where they lie close together. In JSON it is a list of ranges
 * {@code [[from, to), …]}. Not for several threads at once.
 */
public final class Offsets {
    private static final int CHUNK_BITS = 12;
    private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;
    /** Of one line, which is about some thousand dead letters: whoever may write to the ledger could name all offsets there are. */
    private static final long MOST = 1 << 24;

    private final TreeMap<Long, BitSet> chunks = new TreeMap<>();
    private long size;

    /** @throws IllegalArgumentException when these are no ranges of offsets */
    @JsonCreator
    public static Offsets of(List<List<Long>> ranges) {
        Offsets offsets = new Offsets();
        for (List<Long> range : ranges) {
            if (range.size() != 2 || range.get(0) < 0 || range.get(1) <= range.get(0)) {
                throw new IllegalArgumentException(range + " is no range of offsets");
            }
            if (range.get(1) - range.get(0) > MOST - offsets.size()) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "%s makes it more than %,d offsets", range, MOST));
            }
            for (long offset = range.get(0); offset < range.get(1); offset++) {
                offsets.add(offset);
            }
        }
        return offsets;
    }

    /** Whether it was not there yet. */
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

    public void addAll(Offsets others) {
        others.forEach(this::add);
    }

    public boolean contains(long offset) {
        BitSet chunk = chunks.get(offset >> CHUNK_BITS);
        return chunk != null && chunk.get((int) (offset & CHUNK_MASK));
    }

    public long size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** From the lowest to the highest. */
    public void forEach(LongConsumer action) {
        for (Map.Entry<Long, BitSet> chunk : chunks.entrySet()) {
            long first = chunk.getKey() << CHUNK_BITS;
            chunk.getValue().stream().forEach(bit -> action.accept(first + bit));
        }
    }

    /** The lowest of them. */
    public long first() {
        Map.Entry<Long, BitSet> chunk = chunks.firstEntry();
        if (chunk == null) {
            throw new IllegalStateException("there is no offset");
        }
        return (chunk.getKey() << CHUNK_BITS) + chunk.getValue().nextSetBit(0);
    }

    /** The highest of them. */
    public long last() {
        Map.Entry<Long, BitSet> chunk = chunks.lastEntry();
        if (chunk == null) {
            throw new IllegalStateException("there is no offset");
        }
        return (chunk.getKey() << CHUNK_BITS) + chunk.getValue().length() - 1;
    }

    /** Each with its first offset and the one after its last. */
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

    @Override
    public String toString() {
        return ranges().toString();
    }
}
