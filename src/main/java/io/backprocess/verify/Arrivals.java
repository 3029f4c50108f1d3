package io.backprocess.verify;

/**
 * An index in memory. It takes 32 to 64 bytes of heap per record.
 *
 * <p>It is a hash table with open addressing and linear probing. A key may occur several times. A record that is taken stays in
 * its slot, marked as taken.
 */
final class Arrivals implements ArrivalIndex {
    private static final int SLOT = 3;
    private static final int KEY = 0;
    private static final int DIGEST = 1;
    /** The record's own offset plus one. It is 0 for an empty slot, and negative for a record that was taken. */
    private static final int PLACE = 2;

    private static final int SMALLEST = 16;

    private long[] slots = new long[SMALLEST * SLOT];
    private int size;

    @Override
    public void add(long key, long digest, long offset) {
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

    @Override
    public long take(long key, long digest) {
        for (int at = slot(key); slots[at + PLACE] != 0; at = next(at)) {
            if (slots[at + KEY] == key && slots[at + DIGEST] == digest && slots[at + PLACE] > 0) {
                return takeAt(at);
            }
        }
        return NONE;
    }

    @Override
    public long takeAny(long key) {
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

    @Override
    public boolean has(long key) {
        for (int at = slot(key); slots[at + PLACE] != 0; at = next(at)) {
            if (slots[at + KEY] == key && slots[at + PLACE] > 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void forEachLeft(Rest rest) {
        for (int at = 0; at < slots.length; at += SLOT) {
            if (slots[at + PLACE] > 0) {
                rest.accept(slots[at + KEY], slots[at + PLACE] - 1);
            }
        }
    }

    /** Returns the first slot for a key. A multiplication spreads the keys, because they are consecutive offsets. */
    private int slot(long key) {
        long mixed = key * 0x9E37_79B9_7F4A_7C15L;
        return (int) ((mixed >>> 33) % (slots.length / SLOT)) * SLOT;
    }

    private int next(int at) {
        return at + SLOT == slots.length ? 0 : at + SLOT;
    }
}
