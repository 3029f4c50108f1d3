package io.backprocess.read;

import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The enumerator's part of a checkpoint: which plan it belongs to, and the splits that no reader had at that moment. All
 * others are in the readers' part.
 *
 * @param foundPartitions of a batch that follows its topic: those below are in the readers' part or here. 0 of any other batch
 */
record HeldSplits(String planHash, List<KafkaPartitionSplit> splits, int foundPartitions) {

    /** Of a batch whose partitions are those of its plan. */
    HeldSplits(String planHash, List<KafkaPartitionSplit> splits) {
        this(planHash, splits, 0);
    }

    void checkPlan(String expected) {
        if (!planHash.equals(expected)) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "this snapshot belongs to the plan %s, not to %s: resume the batch that it was taken of"
                            .formatted(planHash, expected)));
        }
    }
}
