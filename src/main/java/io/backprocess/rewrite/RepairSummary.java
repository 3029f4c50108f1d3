package io.backprocess.rewrite;

import io.backprocess.batch.Figures;
import io.backprocess.batch.OffsetRange;
import io.backprocess.verify.Loss;
import java.util.List;

/**
 * What a repair did, or would do. The JSON of {@code verify --repair --output json}; its field names are kept.
 *
 * @param executed false for a dry run
 * @param openTransactions of the batch that nobody will commit any more; they are aborted first
 */
public record RepairSummary(
        String batchId, boolean executed, List<String> openTransactions, List<Partition> partitions) {

    public RepairSummary {
        openTransactions = List.copyOf(openTransactions);
        partitions = List.copyOf(partitions);
    }

    /**
     * The same of one partition.
     *
     * @param missing source offsets, each with its first and the one after its last
     * @param figures of the records there
     * @param deadLetters that were written or would be: those that survived are not
     */
    public record Partition(int partition, List<List<Long>> missing, Figures figures, long deadLetters) {}

    static RepairSummary of(String batchId, boolean executed, List<String> openTransactions, Loss loss) {
        return new RepairSummary(
                batchId,
                executed,
                openTransactions,
                loss.partitions().stream().map(RepairSummary::partition).toList());
    }

    private static Partition partition(Loss.Partition loss) {
        return new Partition(
                loss.partition(),
                loss.spans().stream().map(RepairSummary::range).toList(),
                loss.figures(),
                loss.missingDeadLetters().size());
    }

    private static List<Long> range(OffsetRange range) {
        return List.of(range.start(), range.end());
    }

    public boolean isEmpty() {
        return partitions.isEmpty();
    }
}
