package io.backprocess.read;

import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The enumerator's part of a checkpoint: the plan that it belongs to, and the splits that no reader had at that moment. All
 * other splits are in the readers' part.
 *
 * @param planHash the hash of the plan that the snapshot was taken with
 * @param splits the splits that no reader had
 * @param foundPartitions the number of partitions found by a batch that follows its topic; all lower partition numbers are in the
 *     readers' part or here. 0 for any other batch
 */
record HeldSplits(String planHash, List<KafkaPartitionSplit> splits, int foundPartitions) {

    /** Holds the splits of a batch whose partitions are fixed by its plan. */
    HeldSplits(String planHash, List<KafkaPartitionSplit> splits) {
        this(planHash, splits, 0);
    }

    void checkPlan(String expected) {
        if (!planHash.equals(expected)) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "this snapshot belongs to the plan %s, not to %s: resume the batch that it was taken from"
                            .formatted(planHash, expected)));
        }
    }
}
