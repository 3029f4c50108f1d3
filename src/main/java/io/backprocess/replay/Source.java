package io.backprocess.replay;

import java.util.Map;
import java.util.Set;

/**
 * What has become of the source topic since the batch was planned.
 *
 * @param unreadable partitions that cannot be read at all any more
 * @param beginnings the first offset that is left, of partitions whose range begins before it
 * @param isCompacted whether Kafka may have taken out records in the middle
 */
public record Source(Set<Integer> unreadable, Map<Integer, Long> beginnings, boolean isCompacted) {

    /** From where on the partition can be read. */
    public long beginning(int partition, long start) {
        return Math.max(start, beginnings.getOrDefault(partition, start));
    }
}
