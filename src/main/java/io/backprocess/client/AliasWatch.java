package io.backprocess.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads what an alias points to, and goes on reading the topic in which that changes. */
final class AliasWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AliasWatch.class.getName());
    private static final TopicPartition PARTITION = new TopicPartition("backprocess.aliases", 0);

    private final String alias;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private boolean isAssigned;
    private @Nullable Pointer pointer;

    /** @param config the client properties of the application's consumer */
    AliasWatch(String alias, Map<String, Object> config) {
        this.alias = alias;
        this.consumer = new KafkaConsumer<>(
                ConsumerConfigs.withoutGroup(config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Reads on to the end of the topic, and returns the target of the alias; null if it has none.
     *
     * @throws TimeoutException if the end is not reached in time
     */
    @Nullable
    Pointer look(Duration patience) {
        if (!isAssigned) {
            List<PartitionInfo> partitions = consumer.partitionsFor(PARTITION.topic());
            if (partitions == null || partitions.isEmpty()) {
                return null;
            }
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            isAssigned = true;
        }
        long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        long deadline = System.nanoTime() + patience.toNanos();
        while (consumer.position(PARTITION) < end && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(this::take);
        }
        if (consumer.position(PARTITION) < end) {
            throw new TimeoutException("topic %s cannot be read to its end, so it is not known what alias %s points to"
                    .formatted(PARTITION.topic(), alias));
        }
        return pointer;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || !alias.equals(new String(record.key(), StandardCharsets.UTF_8))) {
            return;
        }
        if (record.value() == null) {
            pointer = null;
            return;
        }
        try {
            pointer = Pointer.parse(new String(record.value(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The pointer of alias {0} at offset {1} is damaged and is passed over: {2}",
                    alias,
                    record.offset(),
                    e.getMessage());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
