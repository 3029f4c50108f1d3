package io.backprocess.read;

import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The enumerator's part of a checkpoint: which plan it belongs to, and the splits that no reader had at that moment. All
 * others are in the readers' part.
 */
record HeldSplits(String planHash, List<KafkaPartitionSplit> splits) {

    void checkPlan(String expected) {
        if (!planHash.equals(expected)) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "this snapshot belongs to the plan %s, not to %s: resume the batch that it was taken of"
                            .formatted(planHash, expected)));
        }
    }
}
