package io.backprocess.dedupe;

/**
 * Rules out most ids that were never added. It is a Bloom filter whose bits for one id are in one cache line. With ten bits
 * of filter per id, about one answer in a hundred is wrongly yes; with fewer bits the share is higher. No answer is wrongly no.
 */
final class IdFilter {
    private static final int BLOCK = 8;
    private static final int PROBES = 5;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final long[] bits;
    private final int blocks;

    /** @param bytes the size of the filter in bytes, at least one cache line */
    IdFilter(long bytes) {
        blocks = (int) Math.max(1, Math.min(bytes / Long.BYTES, Integer.MAX_VALUE - BLOCK) / BLOCK);
        bits = new long[blocks * BLOCK];
    }

    void add(long hash) {
        int block = block(hash);
        long probes = hash * MIX;
        for (int i = 0; i < PROBES; i++, probes >>>= 9) {
            bits[block + word(probes)] |= bit(probes);
        }
    }

    boolean mayContain(long hash) {
        int block = block(hash);
        long probes = hash * MIX;
        for (int i = 0; i < PROBES; i++, probes >>>= 9) {
            if ((bits[block + word(probes)] & bit(probes)) == 0) {
                return false;
            }
        }
        return true;
    }

    private int block(long hash) {
        return (int) (((hash >>> 32) * blocks) >>> 32) * BLOCK;
    }

    private static int word(long probe) {
        return (int) (probe >>> 6) & (BLOCK - 1);
    }

    /** Returns the bit for the probe's lowest six bits: Java shifts a long modulo 64. */
    private static long bit(long probe) {
        return 1L << probe;
    }
}
