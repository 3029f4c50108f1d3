package io.backprocess.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Reads the offsets that a group has committed, in whichever topics. */
final class GroupOffsets implements AutoCloseable {
    private final String group;
    private final Admin admin;

    /** @param config the client properties of the application's consumer */
    GroupOffsets(String group, Map<String, Object> config) {
        this.group = group;
        Map<String, Object> own = new HashMap<>(config);
        Set<String> names = AdminClientConfig.configNames();
        own.keySet().removeIf(name -> !names.contains(name) && !name.startsWith("sasl.") && !name.startsWith("ssl."));
        this.admin = Admin.create(own);
    }

    /** Returns the committed offsets by the partition's number and the topic. */
    Map<Integer, Map<String, OffsetAndMetadata>> all() {
        Map<Integer, Map<String, OffsetAndMetadata>> offsets = new HashMap<>();
        try {
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        // Kafka answers null for a partition whose offset cannot be read now.
                        if (offset != null) {
                            offsets.computeIfAbsent(partition.partition(), any -> new HashMap<>())
                                    .put(partition.topic(), offset);
                        }
                    });
        } catch (ExecutionException e) {
            throw new KafkaException("the offsets of group " + group + " cannot be read", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return offsets;
    }

    @Override
    public void close() {
        admin.close();
    }
}
