package io.backprocess.kafka;

import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Consumers that look at what is there, without a group and without leaving a trace. */
public final class ReaderProperties {
    private ReaderProperties() {}

    /** A consumer with these properties alone. */
    public static KafkaConsumer<byte[], byte[]> consumer(Properties kafka, String isolation, String reset) {
        return new KafkaConsumer<>(of(kafka, isolation, reset));
    }

    /**
     * For a consumer that is made without deserializers of its own: they would undo {@link BoundedPoll}.
     *
     * @param kafka client properties
     * @param isolation {@code read_committed} or {@code read_uncommitted}
     * @param reset what to do where the wanted offset has been deleted: go on at the {@code earliest}, or {@code none}, an error
     */
    public static Properties of(Properties kafka, String isolation, String reset) {
        Properties properties = new Properties();
        // A fetch that waits at the end for more would only hold the closing up: half a second each time by default.
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
