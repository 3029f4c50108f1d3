package io.backprocess.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens readers that use one consumer, one after the other. To open a consumer takes longer than to read a small partition, and a
 * topic may have thousands of them.
 */
public final class PartitionReaders implements AutoCloseable {
    private final KafkaClients kafka;
    private @Nullable Consumer<byte[], byte[]> consumer;

    public PartitionReaders(KafkaClients kafka) {
        this.kafka = kafka;
    }

    /**
     * Opens a reader. The reader that was opened before must not be used any more, and this object closes the consumer of both.
     */
    public PartitionReader open(PartitionRange span) {
        return new PartitionReader(span, this::consumer);
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = PartitionReader.consumer(kafka);
        }
        return consumer;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
