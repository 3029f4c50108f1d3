package io.backprocess.render;

/** Computes the median of durations without keeping them. The result is rounded down by at most a twentieth. */
public final class UsualTime {
    private static final double PER_FACTOR_E = 20;

    private final long[] counts = new long[1000];
    private long all;

    public void add(long millis) {
        counts[(int) Math.min(counts.length - 1, Math.log((double) Math.max(1, millis)) * PER_FACTOR_E)]++;
        all++;
    }

    public long millis() {
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            below += counts[i];
            if (below > all / 2) {
                return Math.max(1, (long) Math.exp(i / PER_FACTOR_E));
            }
        }
        return Long.MAX_VALUE;
    }
}
