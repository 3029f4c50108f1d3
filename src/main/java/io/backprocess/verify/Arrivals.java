package io.backprocess.verify;

/**
 * The records of one partition of a topic, to be looked up by where they came from: 32 to 64 bytes of heap a record.
 *
 * <p>Open addressing with linear probing; a key may be there several times. What is taken stays in its slot, marked.
 */
final class Arrivals {
    /** What {@link #take} gives when there is no such record. */
    static final long NONE = -1;

    private static final int SLOT = 3;
    private static final int KEY = 0;
    private static final int DIGEST = 1;
    /** The record's own offset plus one; 0 is an empty slot, a negative number one that was taken. */
    private static final int PLACE = 2;

    private static final int SMALLEST = 16;

    private long[] slots = new long[SMALLEST * SLOT];
    private int size;

    /** Gets what nobody has taken. */
    interface Rest {
        void accept(long key, long offset);
    }

    void add(long key, long digest, long offset) {
        if (size * 4L >= slots.length / SLOT * 3L) {
            grow();
        }
        put(key, digest, offset + 1);
        size++;
    }

    private void put(long key, long digest, long place) {
        int at = slot(key);
        while (slots[at + PLACE] != 0) {
            at = next(at);
        }
        slots[at + KEY] = key;
        slots[at + DIGEST] = digest;
        slots[at + PLACE] = place;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[Math.multiplyExact(old.length, 2)];
        for (int from = 0; from < old.length; from += SLOT) {
            if (old[from + PLACE] != 0) {
                put(old[from + KEY], old[from + DIGEST], old[from + PLACE]);
            }
        }
    }

    /** The offset of one that has this key and this content, which then is gone, or {@link #NONE}. */
    long take(long key, long digest) {
        for (int at = slot(key); slots[at + PLACE] != 0; at = next(at)) {
            if (slots[at + KEY] == key && slots[at + DIGEST] == digest && slots[at + PLACE] > 0) {
                return takeAt(at);
            }
        }
        return NONE;
    }

    /** The offset of one that has this key, which then is gone, or {@link #NONE}. */
    long takeAny(long key) {
        for (int at = slot(key); slots[at + PLACE] != 0; at = next(at)) {
            if (slots[at + KEY] == key && slots[at + PLACE] > 0) {
                return takeAt(at);
            }
        }
        return NONE;
    }

    private long takeAt(int at) {
        slots[at + PLACE] = -slots[at + PLACE];
        return -slots[at + PLACE] - 1;
    }

    boolean has(long key) {
        for (int at = slot(key); slots[at + PLACE] != 0; at = next(at)) {
            if (slots[at + KEY] == key && slots[at + PLACE] > 0) {
                return true;
            }
        }
        return false;
    }

    void forEachLeft(Rest rest) {
        for (int at = 0; at < slots.length; at += SLOT) {
            if (slots[at + PLACE] > 0) {
                rest.accept(slots[at + KEY], slots[at + PLACE] - 1);
            }
        }
    }

    /** Spread by a multiplication: keys are offsets, one after the other. */
    private int slot(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) ((mixed >>> 33) % (slots.length / SLOT)) * SLOT;
    }

    private int next(int at) {
        return at + SLOT == slots.length ? 0 : at + SLOT;
    }
}
