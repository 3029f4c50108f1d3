package io.backprocess.bench;

/** Ids by their hashes, with 32 bits of each payload's hash. Two of 100 million ids share a hash in one of 3000 runs. */
final class Ids {
    static final int NEW = 0;
    static final int SAME = 1;
    static final int CONFLICT = 2;

    private long[] hashes = new long[1 << 16];
    private int[] contents = new int[1 << 16];
    private int size;

    int add(long hash, int content) {
        if (size * 3L > hashes.length * 2L) {
            grow();
        }
        int slot = slot(hash);
        if (hashes[slot] == 0) {
            hashes[slot] = hash;
            contents[slot] = content;
            size++;
            return NEW;
        }
        return contents[slot] == content ? SAME : CONFLICT;
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash >>> 20) & mask;
        while (hashes[slot] != 0 && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldContents = contents;
        hashes = new long[oldHashes.length * 2];
        contents = new int[oldHashes.length * 2];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldHashes[i] != 0) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                contents[slot] = oldContents[i];
            }
        }
    }
}
