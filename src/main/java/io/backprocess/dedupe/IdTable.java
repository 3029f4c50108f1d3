package io.backprocess.dedupe;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The eventIds that one shard of a batch has taken, 16 bytes each: 96 bits of the id's hash and 32 bits of the payload's.
 *
 * <p>Two different ids are taken for one when 96 bits are equal: for a billion events the chance is below one in 10¹¹, and
 * even then the second is a conflict, a dead letter, and not lost. What is new since the last {@link #drain} is kept in a
 * list beside the table; blocks of it are what the state holds, so a checkpoint writes what is new and nothing else.
 *
 * <p>Open addressing with linear probing, in segments that grow one by one, so that growing never copies the whole table.
 */
final class IdTable {
    enum Verdict {
        NEW,
        DUPLICATE,
        CONFLICT
    }

    static final int ENTRY_BYTES = 2 * Long.BYTES;
    /** 1 MiB of ids: large enough that millions of them are few, small enough for RocksDB. */
    static final int MAX_BLOCK_ENTRIES = 65_536;

    private static final int SEGMENTS = 64;
    private static final long PAYLOAD_BITS = 0xFFFF_FFFFL;

    private final long[][] segments = new long[SEGMENTS][];
    private final int[] sizes = new int[SEGMENTS];
    private long[] fresh = new long[0];
    private int freshLength;

    /**
     * Takes an id unless it is there.
     *
     * @param high 64 bits of the id's hash
     * @param low 32 more of them in the upper half; the lower half is the payload's hash
     */
    Verdict take(long high, long low) {
        // An empty slot is two zeros; an id that hashes to zeros is moved to its neighbour.
        long first = high == 0 && (low & ~PAYLOAD_BITS) == 0 ? 1 : high;
        Verdict verdict = insert(first, low);
        if (verdict == Verdict.NEW) {
            if (freshLength == fresh.length) {
                fresh = Arrays.copyOf(fresh, Math.max(1024, fresh.length * 2));
            }
            fresh[freshLength] = first;
            fresh[freshLength + 1] = low;
            freshLength += 2;
        }
        return verdict;
    }

    private Verdict insert(long high, long low) {
        int number = (int) (high >>> 58);
        long[] slots = segments[number];
        if (slots == null) {
            slots = new long[2 * 16];
            segments[number] = slots;
        } else if (sizes[number] * 2L >= slots.length * 3L / 4) {
            slots = grow(slots);
            segments[number] = slots;
        }
        int at = slot(high, slots.length);
        while (slots[at] != 0 || slots[at + 1] != 0) {
            if (slots[at] == high && ((slots[at + 1] ^ low) & ~PAYLOAD_BITS) == 0) {
                return slots[at + 1] == low ? Verdict.DUPLICATE : Verdict.CONFLICT;
            }
            at = at + 2 == slots.length ? 0 : at + 2;
        }
        slots[at] = high;
        slots[at + 1] = low;
        sizes[number]++;
        return Verdict.NEW;
    }

    private static long[] grow(long[] slots) {
        long[] larger = new long[slots.length * 2];
        for (int from = 0; from < slots.length; from += 2) {
            if (slots[from] != 0 || slots[from + 1] != 0) {
                int at = slot(slots[from], larger.length);
                while (larger[at] != 0 || larger[at + 1] != 0) {
                    at = at + 2 == larger.length ? 0 : at + 2;
                }
                larger[at] = slots[from];
                larger[at + 1] = slots[from + 1];
            }
        }
        return larger;
    }

    /** Segment lengths are powers of two; the segment's own six bits are the upper ones and take no part. */
    private static int slot(long high, int length) {
        return ((int) high & (length / 2 - 1)) * 2;
    }

    long size() {
        long size = 0;
        for (int segment : sizes) {
            size += segment;
        }
        return size;
    }

    /** What is new since the last time, as blocks of whole entries. */
    List<byte[]> drain() {
        List<byte[]> blocks = new ArrayList<>();
        for (int from = 0; from < freshLength; from += 2 * MAX_BLOCK_ENTRIES) {
            int length = Math.min(freshLength - from, 2 * MAX_BLOCK_ENTRIES);
            ByteBuffer block = ByteBuffer.allocate(length * Long.BYTES);
            block.asLongBuffer().put(fresh, from, length);
            blocks.add(block.array());
        }
        freshLength = 0;
        return blocks;
    }

    /** Takes back what {@link #drain} gave. */
    void restore(byte[] block) {
        if (block.length % ENTRY_BYTES != 0) {
            throw new IllegalStateException("a block of %d bytes is no block of ids".formatted(block.length));
        }
        ByteBuffer ids = ByteBuffer.wrap(block);
        while (ids.hasRemaining()) {
            insert(ids.getLong(), ids.getLong());
        }
    }
}
