package io.backprocess.event;

import java.io.Serializable;

/** The part of a source partition that a batch reads: offsets from {@code start} (inclusive) to {@code end} (exclusive). */
public record OffsetRange(int partition, long start, long end) implements Serializable {
    public OffsetRange {
        if (partition < 0 || start < 0 || end < start) {
            throw new IllegalArgumentException(
                    "partition %d: the range from %d to %d is none".formatted(partition, start, end));
        }
    }

    /** Offsets, which may be more than there are records: transaction markers and compacted records leave gaps. */
    public long size() {
        return end - start;
    }
}
