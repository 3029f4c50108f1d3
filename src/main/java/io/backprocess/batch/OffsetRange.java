package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;
import java.util.Collection;

/**
 * The part of a source partition that a batch reads: offsets from {@code start} (inclusive) to {@code end} (exclusive). The
 * range of a batch that follows its topic is open: its end is {@link #OPEN}.
 */
public record OffsetRange(int partition, long start, long end) implements Serializable {
    /** The end of a range that has none. */
    public static final long OPEN = Long.MAX_VALUE;

    public OffsetRange {
        if (partition < 0 || start < 0 || end < start) {
            throw new IllegalArgumentException(
                    "partition %s: the range from %s to %s is none".formatted(partition, start, end));
        }
    }

    /** All of a partition, and whatever will come. */
    public static OffsetRange openFrom(int partition, long start) {
        return new OffsetRange(partition, start, OPEN);
    }

    /** No part of the range's JSON, which plans have in their hash. */
    @JsonIgnore
    public boolean isOpen() {
        return end == OPEN;
    }

    /** Whether any of them is open: of one batch all are, or none. */
    public static boolean isFollowing(Collection<OffsetRange> ranges) {
        return ranges.stream().anyMatch(OffsetRange::isOpen);
    }

    /**
     * Offsets, which may be more than there are records: transaction markers and compacted records leave gaps. Of an open
     * range it says nothing, and sums overflow.
     */
    public long size() {
        return end - start;
    }
}
