package io.backprocess.kafka;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** The offsets of one partition to read, from {@code from} (inclusive) to {@code to} (exclusive). */
public record PartitionRange(TopicPartition partition, long from, long to) implements Serializable {

    /** Returns the part of the range that does not begin before an offset. */
    public PartitionRange from(long first) {
        return new PartitionRange(partition, Math.max(from, Math.min(first, to)), to);
    }

    /** Returns the committed offsets of a topic, by partition; empty when the topic does not exist. */
    public static Map<Integer, PartitionRange> committed(String topic, KafkaAdmin admin) {
        Map<Integer, PartitionRange> spans = new TreeMap<>();
        int partitions = admin.partitions(topic);
        if (partitions > 0) {
            Map<Integer, ListOffsetsResultInfo> ends = admin.offsets(topic, partitions, OffsetSpec.latest());
            admin.offsets(topic, partitions, OffsetSpec.earliest()).forEach((partition, start) -> {
                ListOffsetsResultInfo end = ends.get(partition);
                spans.put(
                        partition,
                        new PartitionRange(
                                new TopicPartition(topic, partition),
                                start.offset(),
                                end == null ? start.offset() : end.offset()));
            });
        }
        return spans;
    }
}
