package io.backprocess.plan;

/**
 * The resources that a batch needs, estimated from its offsets and from measurements (docs/scaling.md). The estimate counts every
 * offset as a distinct eventId, so a batch needs less when there are copies or events of other versions.
 *
 * @param heapMib the heap of all TaskManagers together for the eventIds, in MiB
 * @param stateMib the sum of all checkpoints, in MiB
 * @param slotSeconds the time that one slot would work; two slots need half as long
 */
public record BatchEstimate(long heapMib, long stateMib, long slotSeconds) {
    private static final double HEAP_BYTES_AN_ID = 30;
    private static final double STATE_BYTES_AN_ID = 17;
    /** The speed of one slot, on one of two slow cores that the broker shares, with records of 570 bytes. */
    static final double RECORDS_A_SECOND = 100_000;

    public static BatchEstimate of(long records) {
        return new BatchEstimate(mib(records * HEAP_BYTES_AN_ID), mib(records * STATE_BYTES_AN_ID), (long)
                Math.ceil(records / RECORDS_A_SECOND));
    }

    private static long mib(double bytes) {
        return (long) Math.ceil(bytes / (1 << 20));
    }
}
