package io.backprocess.plan;

/**
 * What a batch will need, from its offsets and from what was measured (docs/scaling.md). It reckons with every offset being an
 * eventId of its own, so less is needed where there are copies and other versions.
 *
 * @param heapMib of all TaskManagers together, for the eventIds
 * @param stateMib that the checkpoints add up to
 * @param slotSeconds how long one slot would work; two slots need half as long
 */
public record Estimate(long heapMib, long stateMib, long slotSeconds) {
    private static final double HEAP_BYTES_AN_ID = 30;
    private static final double STATE_BYTES_AN_ID = 17;
    /** Of one slot, on one of two slow cores that the broker shares, with records of 570 bytes. */
    static final double RECORDS_A_SECOND = 100_000;

    public static Estimate of(long records) {
        return new Estimate(mib(records * HEAP_BYTES_AN_ID), mib(records * STATE_BYTES_AN_ID), (long)
                Math.ceil(records / RECORDS_A_SECOND));
    }

    private static long mib(double bytes) {
        return (long) Math.ceil(bytes / (1 << 20));
    }
}
