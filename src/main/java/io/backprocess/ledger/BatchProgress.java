package io.backprocess.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The progress of a batch at one moment, by partition: what is committed and what remains. The commands and the metrics show the
 * same figures because both take them from here.
 */
public record BatchProgress(List<PartitionProgress> partitions) {

    /**
     * The progress of one partition of the source.
     *
     * @param end the end of its range; if the batch follows its topic, the partition's end at this moment
     */
    public record PartitionProgress(PartitionLedger ledger, long end) {
        public int partition() {
            return ledger.range().partition();
        }

        public long start() {
            return ledger.range().start();
        }

        /** Returns the first offset that is not committed. */
        public long next() {
            return ledger.next();
        }

        public long size() {
            return end - start();
        }

        /** Returns the number of offsets that are not committed yet; there may be fewer records than offsets. */
        public long remaining() {
            return end - next();
        }
    }

    /**
     * Works out the progress. If the batch follows its topic, this includes partitions that were added to it since.
     *
     * @param ends the current end offset of each partition of the source; read only if the batch follows its topic
     */
    public static BatchProgress of(BatchLedger ledger, Map<Integer, Long> ends) {
        SortedSet<Integer> numbers = new TreeSet<>();
        ledger.partitions().forEach(each -> numbers.add(each.range().partition()));
        if (ledger.isFollowing()) {
            numbers.addAll(ends.keySet());
        }
        return new BatchProgress(numbers.stream()
                .map(ledger::partition)
                .map(each -> new PartitionProgress(each, end(each, ends)))
                .toList());
    }

    /** Returns the end of a partition. The committed offset can be newer than the known end of a topic that grows. */
    private static long end(PartitionLedger partition, Map<Integer, Long> ends) {
        return partition.range().isOpen()
                ? Math.max(partition.next(), ends.getOrDefault(partition.range().partition(), 0L))
                : partition.range().end();
    }

    /** Returns the number of offsets in the range. */
    public long size() {
        return partitions.stream().mapToLong(PartitionProgress::size).sum();
    }

    public long remaining() {
        return partitions.stream().mapToLong(PartitionProgress::remaining).sum();
    }

    /**
     * Estimates the time that a running batch still takes; empty if it is not known.
     *
     * @param begun the time at which the batch was planned
     */
    public Optional<Eta> eta(BatchLedger ledger, Instant begun, Instant now) {
        long remaining = remaining();
        return remaining == 0 ? Optional.of(Eta.NOW) : Eta.of(ledger, remaining, size(), begun, now);
    }
}
