package io.backprocess.read;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a batch has found while it follows its topic. Topics only grow, so their number identifies them.
 *
 * <p>The number is in the enumerator's part of a checkpoint. Killed after a partition was found and before the next checkpoint:
 * either {@code addSplitsBack} returns its split, or the enumerator itself is restored without the partition and finds it again.
 * What was read of the partition in between was not committed. Killed after that checkpoint: the split is in the reader's part of
 * the checkpoint, or among the splits that no reader had.
 */
final class Discovery {
    private final String topic;
    private int known;

    /** @param known the number of partitions found so far: 0 to known - 1 were assigned to readers, or are in the snapshot */
    Discovery(String topic, int known) {
        this.topic = topic;
        this.known = known;
    }

    /** Returns splits for the partitions that are new, each from its first record on. */
    List<KafkaPartitionSplit> growTo(int partitions) {
        List<KafkaPartitionSplit> found = new ArrayList<>();
        for (; known < partitions; known++) {
            found.add(new KafkaPartitionSplit(new TopicPartition(topic, known), 0));
        }
        return found;
    }

    int known() {
        return known;
    }
}
