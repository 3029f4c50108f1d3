package io.backprocess.dedupe;

/**
 * The eventIds of one shard in memory, 16 bytes each: 96 bits of the id's hash and 32 bits of the payload's. An id takes 20
 * to 40 bytes of heap, 29 on average over all segments.
 *
 * <p>Two different ids count as one when their 96 bits are equal. For a billion events the chance is below one in 10¹¹. Even
 * then the second event is a conflict, which is a dead letter, so it is not lost.
 *
 * <p>Once a segment is full it stays full, so only the ids of full segments must be looked up elsewhere.
 *
 * <p>The table uses open addressing with linear probing, in segments that double one by one, each at its own time. Growing
 * never copies the whole table, and memory grows evenly with the ids. The position of a slot in its segment follows the order
 * of the hashes, so doubling reads and writes memory from front to back.
 */
final class IdTable {
    /** The table's answer about an id. */
    enum IdCheck {
        NEW,
        DUPLICATE,
        CONFLICT,
        /** The id is not in the table and was not added: no memory is left for it. */
        FULL
    }

    private static final int SEGMENTS = 64;
    private static final int FIRST_CAPACITY = 16;
    private static final long PAYLOAD_BITS = 0xFFFF_FFFFL;

    private final IdMemory memory;
    /** The slots of each segment, two numbers per slot. The first number of an empty slot is 0. */
    private final long[][] segments = new long[SEGMENTS][];

    private final int[] sizes = new int[SEGMENTS];

    IdTable(IdMemory memory) {
        this.memory = memory;
    }

    /**
     * Adds an id unless the table has it.
     *
     * @param high 64 bits of the id's hash, never 0
     * @param low 32 more bits of the id's hash in the upper half; the payload's hash in the lower half
     */
    IdCheck take(long high, long low) {
        int number = (int) (high >>> 58);
        long[] slots = segments[number];
        if (slots == null) {
            return add(number, high, low);
        }
        int at = slot(high, slots.length);
        while (slots[at] != 0) {
            if (slots[at] == high && isSameId(slots[at + 1], low)) {
                return ofCopy(slots[at + 1], low);
            }
            at = at + 2 == slots.length ? 0 : at + 2;
        }
        if (sizes[number] >= mostIn(slots)) {
            return add(number, high, low);
        }
        slots[at] = high;
        slots[at + 1] = low;
        sizes[number]++;
        return IdCheck.NEW;
    }

    /** Reads the slot where a lookup begins. */
    long touch(long high) {
        long[] slots = segments[(int) (high >>> 58)];
        return slots == null ? 0 : slots[slot(high, slots.length)];
    }

    /** Tells whether the other 32 bits of two ids are equal, when their first 64 bits are. */
    static boolean isSameId(long low, long other) {
        return ((low ^ other) & ~PAYLOAD_BITS) == 0;
    }

    /** Returns what the check of another copy of the same id finds, by its payload. */
    static IdCheck ofCopy(long low, long other) {
        return low == other ? IdCheck.DUPLICATE : IdCheck.CONFLICT;
    }

    /** Adds an id to a segment that has no room for it, or that does not exist yet. */
    private IdCheck add(int number, long high, long low) {
        long[] slots = segments[number];
        int length = slots == null ? firstLength(number) : slots.length * 2;
        int growth = slots == null ? length : length / 2;
        if (length < 0 || !memory.reserve((long) growth * Long.BYTES)) {
            return IdCheck.FULL;
        }
        long[] larger = new long[length];
        if (slots != null) {
            for (int from = 0; from < slots.length; from += 2) {
                if (slots[from] != 0) {
                    put(larger, slots[from], slots[from + 1]);
                }
            }
        }
        put(larger, high, low);
        segments[number] = larger;
        sizes[number]++;
        return IdCheck.NEW;
    }

    /** Removes all ids and gives their memory back. */
    void clear() {
        for (int number = 0; number < SEGMENTS; number++) {
            long[] slots = segments[number];
            if (slots != null) {
                memory.release((long) slots.length * Long.BYTES);
            }
            segments[number] = null;
            sizes[number] = 0;
        }
    }

    /** Returns one to two times the first capacity, so that the segments do not all double at once. */
    private static int firstLength(int number) {
        return 2 * (int) (FIRST_CAPACITY * Math.pow(2, (double) number / SEGMENTS));
    }

    /** Returns the largest number of ids in a segment: four of five slots. */
    private static int mostIn(long[] slots) {
        return (int) (slots.length * 2L / 5);
    }

    private static void put(long[] slots, long high, long low) {
        int at = slot(high, slots.length);
        while (slots[at] != 0) {
            at = at + 2 == slots.length ? 0 : at + 2;
        }
        slots[at] = high;
        slots[at + 1] = low;
    }

    /** Returns the slot's index. The upper six bits of the hash choose the segment; the next 32 give the position in it. */
    private static int slot(long high, int length) {
        long share = (high << 6) >>> 32;
        return 2 * (int) ((share * (length / 2)) >>> 32);
    }

    long size() {
        long size = 0;
        for (int segment : sizes) {
            size += segment;
        }
        return size;
    }
}
