package io.backprocess.replay;

import java.io.Serializable;
import java.util.Map;
import java.util.Set;

/**
 * The state of the source topic since the batch was planned.
 *
 * @param unreadable the partitions that cannot be read at all any more
 * @param beginnings the first remaining offset of each partition whose range begins before it
 * @param isCompacted whether Kafka may have removed records in the middle
 */
public record Source(Set<Integer> unreadable, Map<Integer, Long> beginnings, boolean isCompacted)
        implements Serializable {

    /** Returns the first offset of the partition's range that can be read. */
    public long beginning(int partition, long start) {
        return Math.max(start, beginnings.getOrDefault(partition, start));
    }
}
