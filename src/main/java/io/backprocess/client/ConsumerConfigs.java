package io.backprocess.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.RangeAssignor;

/** The client properties of the consumers, made of those that the application gives. */
final class ConsumerConfigs {
    private ConsumerConfigs() {}

    /**
     * Returns the properties of the consumer that reads for the application.
     *
     * @throws IllegalArgumentException if the group cannot be followed by these
     */
    static Map<String, Object> of(Properties properties) {
        Map<String, Object> config = new HashMap<>();
        properties.forEach((name, value) -> config.put(String.valueOf(name), value));
        properties.stringPropertyNames().forEach(name -> config.put(name, properties.getProperty(name)));
        if (!(config.get(ConsumerConfig.GROUP_ID_CONFIG) instanceof String group) || group.isEmpty()) {
            throw new IllegalArgumentException("group.id is missing; the group's offsets say where it changes over");
        }
        if ("consumer".equalsIgnoreCase(String.valueOf(config.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)))) {
            throw new IllegalArgumentException(
                    "group.protocol=consumer is not supported, since the broker assigns the partitions then; leave it out");
        }
        if ("none".equalsIgnoreCase(String.valueOf(config.get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG)))) {
            throw new IllegalArgumentException(
                    "auto.offset.reset=none is not supported, since the group has no offsets yet in topics that it will enter");
        }
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        // It gives the partitions of one number to the same member, in all topics.
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
        return config;
    }

    /** Returns client properties for a consumer that belongs to no group. */
    static Map<String, Object> withoutGroup(Map<String, Object> config) {
        Map<String, Object> own = new HashMap<>(config);
        own.remove(ConsumerConfig.GROUP_ID_CONFIG);
        own.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        own.remove(ConsumerConfig.CLIENT_ID_CONFIG);
        own.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return own;
    }
}
