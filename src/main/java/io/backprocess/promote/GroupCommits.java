package io.backprocess.promote;

import io.backprocess.kafka.KafkaAdmin;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The offsets that are committed for several groups, each group's in one request. */
final class GroupCommits {
    private final Map<String, Map<TopicPartition, OffsetAndMetadata>> offsets = new HashMap<>();

    void add(String group, String topic, int partition, OffsetAndMetadata offset) {
        offsets.computeIfAbsent(group, any -> new HashMap<>()).put(new TopicPartition(topic, partition), offset);
    }

    void commit(KafkaAdmin admin) {
        offsets.forEach(admin.groups()::commit);
    }
}
