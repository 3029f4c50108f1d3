package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;

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
                    "partition %s: the range from %s to %s is not valid".formatted(partition, start, end));
        }
    }

    /** Creates an open range, which takes all of a partition from the start offset on, future records included. */
    public static OffsetRange openFrom(int partition, long start) {
        return new OffsetRange(partition, start, OPEN);
    }

    /**
     * Tells whether one of the ranges holds an offset, in logarithmic time.
     *
     * @param ranges ranges of one partition, in order and without overlaps
     */
    public static boolean hold(List<OffsetRange> ranges, long offset) {
        int low = 0;
        int high = ranges.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ranges.get(middle).end <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < ranges.size() && ranges.get(low).start <= offset;
    }

    /** Tells whether the range has no end. This is not in the JSON of the range, because plans hash that JSON. */
    @JsonIgnore
    public boolean isOpen() {
        return end == OPEN;
    }

    /** Tells whether the ranges are open. Either all ranges of a batch are open, or none. */
    public static boolean isFollowing(Collection<OffsetRange> ranges) {
        return ranges.stream().anyMatch(OffsetRange::isOpen);
    }

    /**
     * Returns the number of offsets. It can exceed the number of records, because transaction markers and compacted records leave
     * gaps. The number means nothing for an open range, and sums of it overflow.
     */
    public long size() {
        return end - start;
    }
}
