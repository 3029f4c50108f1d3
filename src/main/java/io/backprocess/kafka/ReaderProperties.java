package io.backprocess.kafka;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Builds consumers that only inspect topics: they join no group and commit no offsets. */
public final class ReaderProperties {
    private ReaderProperties() {}

    /**
     * Returns a consumer.
     *
     * @param kafka client properties
     * @param isolation {@code read_committed} or {@code read_uncommitted}
     * @param reset what to do when the wanted offset has been deleted: go on at the {@code earliest}, or fail with {@code
     *     none}
     */
    public static KafkaConsumer<byte[], byte[]> consumer(Properties kafka, String isolation, String reset) {
        return consumer(kafka, isolation, reset, Map.of());
    }

    /** @param defaults properties that the client properties may override */
    public static KafkaConsumer<byte[], byte[]> consumer(
            Properties kafka, String isolation, String reset, Map<String, String> defaults) {
        Properties properties = of(kafka, isolation, reset);
        defaults.forEach(properties::putIfAbsent);
        // The properties name the deserializers. Others, passed to the constructor, would undo BoundedPoll.
        return new KafkaConsumer<>(properties);
    }

    static Properties of(Properties kafka, String isolation, String reset) {
        Properties properties = ShortLived.defaults();
        // At the end, a fetch that waits for more would only delay closing: by half a second each time by default.
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
        properties.putAll(kafka);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reset);
        BoundedPoll.bound(properties);
        return properties;
    }
}
