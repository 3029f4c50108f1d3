package io.backprocess.rewrite;

import io.backprocess.batch.Figures;
import io.backprocess.batch.OffsetRange;
import io.backprocess.verify.Loss;
import java.util.List;

/**
 * The result of a repair or of its dry run. It is the JSON of {@code verify --repair --output json}, and its field names must not
 * change.
 *
 * @param executed false for a dry run
 * @param openTransactions the batch's open transactions that no process will commit any more; the repair aborts them first
 */
public record RepairSummary(
        String batchId, boolean executed, List<String> openTransactions, List<RepairedPartition> partitions) {

    public RepairSummary {
        openTransactions = List.copyOf(openTransactions);
        partitions = List.copyOf(partitions);
    }

    /**
     * The result for one partition.
     *
     * @param missing ranges of source offsets, each as its first offset and the one after its last
     * @param figures the counts of the records in these ranges
     * @param deadLetters the number of dead letters that were or would be written; those that survived are not written again
     */
    public record RepairedPartition(int partition, List<List<Long>> missing, Figures figures, long deadLetters) {}

    static RepairSummary of(String batchId, boolean executed, List<String> openTransactions, Loss loss) {
        return new RepairSummary(
                batchId,
                executed,
                openTransactions,
                loss.partitions().stream().map(RepairSummary::partition).toList());
    }

    private static RepairedPartition partition(Loss.PartitionLoss loss) {
        return new RepairedPartition(
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
