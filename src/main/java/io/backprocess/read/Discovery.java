package io.backprocess.read;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a batch which follows its topic has found. Topics only grow, so their number says which ones.
 *
 * <p>The number is in the enumerator's part of a checkpoint. Killed after a partition was found, before the next checkpoint:
 * either its split comes back by {@code addSplitsBack}, or the enumerator itself is restored, knows nothing of the partition,
 * and finds it again; what was read of it meanwhile was not committed. Killed after that checkpoint: the split is in the
 * reader's part of it, or among those that no reader had.
 */
final class Discovery {
    private final String topic;
    private int known;

    /** @param known partitions 0 to known - 1 have been given out, or are in the snapshot */
    Discovery(String topic, int known) {
        this.topic = topic;
        this.known = known;
    }

    /** Those that nobody knew, from their first record on. */
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
