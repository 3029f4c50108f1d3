package io.backprocess.verify;

import java.util.Arrays;

/** An index in an {@link ArrivalStore}. Each record is two numbers under its key: the hash of its content, and its offset. */
final class StoredArrivals implements ArrivalIndex {
    private static final int ENTRY = 2;

    private final ArrivalStore store;

    StoredArrivals(ArrivalStore store) {
        this.store = store;
    }

    @Override
    public void add(long key, long digest, long offset) {
        long[] there = store.get(key);
        long[] more = Arrays.copyOf(there, there.length + ENTRY);
        more[there.length] = digest;
        more[there.length + 1] = offset;
        store.put(key, more);
    }

    @Override
    public long take(long key, long digest) {
        long[] there = store.get(key);
        for (int at = 0; at < there.length; at += ENTRY) {
            if (there[at] == digest) {
                return take(key, there, at);
            }
        }
        return NONE;
    }

    @Override
    public long takeAny(long key) {
        long[] there = store.get(key);
        return there.length == 0 ? NONE : take(key, there, 0);
    }

    private long take(long key, long[] there, int at) {
        long[] left = new long[there.length - ENTRY];
        System.arraycopy(there, 0, left, 0, at);
        System.arraycopy(there, at + ENTRY, left, at, left.length - at);
        store.put(key, left);
        return there[at + 1];
    }

    @Override
    public boolean has(long key) {
        return store.get(key).length > 0;
    }

    @Override
    public void forEachLeft(Rest rest) {
        store.forEach((key, numbers) -> {
            for (int at = 0; at < numbers.length; at += ENTRY) {
                rest.accept(key, numbers[at + 1]);
            }
        });
    }
}
