package io.backprocess.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Finds from where the last result before an offset comes, for a group whose offsets do not say how far it has read. */
final class LastOrigin {
    private static final long CLOSE = 100;

    private LastOrigin() {}

    /** Returns the offset of the source; {@link Lane#NONE} if there is no result before the position. */
    static long before(TopicPartition partition, long position, Map<String, Object> config) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                ConsumerConfigs.withoutGroup(config), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long first = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long to = Math.min(position, consumer.endOffsets(List.of(partition)).getOrDefault(partition, position));
            for (long close = CLOSE; to > first; close *= 8) {
                long from = Math.max(first, to - close);
                long found = highest(consumer, partition, from, to);
                if (found != Lane.NONE) {
                    return found;
                }
                to = from;
            }
        }
        return Lane.NONE;
    }

    /** Returns the highest one in a range. Redriven results, which come later than others from their place, do not count so. */
    private static long highest(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long from, long to) {
        long found = Lane.NONE;
        consumer.seek(partition, from);
        while (consumer.position(partition) < to) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                if (record.offset() < to) {
                    found = Math.max(found, Lane.originOf(record));
                }
            }
        }
        return found;
    }
}
