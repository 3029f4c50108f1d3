package io.backprocess.ledger;

import io.backprocess.event.OffsetRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the batch has committed so far, per partition. */
public final class BatchLedger {

    /**
     * What was committed together.
     *
     * @param at when the line was written
     */
    public record Commit(Instant at, LedgerLine line) {}

    private final Map<Integer, PartitionLedger> partitions = new TreeMap<>();
    private final List<Commit> commits = new ArrayList<>();

    BatchLedger(List<OffsetRange> ranges) {
        for (OffsetRange range : ranges) {
            partitions.put(range.partition(), new PartitionLedger(range));
        }
    }

    void add(LedgerLine line, Instant at) {
        PartitionLedger partition = partitions.get(line.partition());
        if (partition == null) {
            throw new IllegalArgumentException("partition " + line.partition() + " is not in the plan");
        }
        partition.add(line);
        commits.add(new Commit(at, line));
    }

    public List<PartitionLedger> partitions() {
        return List.copyOf(partitions.values());
    }

    public PartitionLedger partition(int partition) {
        return Objects.requireNonNull(partitions.get(partition));
    }

    /** Every line, in the order of the ledger. */
    public List<Commit> commits() {
        return List.copyOf(commits);
    }

    public boolean isEmpty() {
        return commits.isEmpty();
    }

    /** Every partition has been read to its end, and every record that was read is accounted for. */
    public boolean isComplete() {
        return partitions.values().stream().allMatch(PartitionLedger::isComplete);
    }

    /** The sum over the partitions. */
    public Counts total() {
        return partitions.values().stream().map(PartitionLedger::counts).reduce(Counts.NONE, Counts::plus);
    }

    /** The first offset that is not committed, for each partition that has anything committed. */
    public Map<Integer, Long> committed() {
        Map<Integer, Long> committed = new TreeMap<>();
        for (Commit commit : commits) {
            Long next = commit.line().next();
            // A line that only counts still says that the partition was begun.
            long reached = next == null ? 0 : next;
            committed.merge(commit.line().partition(), reached, Math::max);
        }
        return committed;
    }

    /** When the newest line was written. */
    public @Nullable Instant lastCommit() {
        return commits.isEmpty() ? null : commits.get(commits.size() - 1).at();
    }
}
