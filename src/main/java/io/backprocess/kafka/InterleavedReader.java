package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed records of ranges of several partitions with one consumer, as Kafka hands them out: each partition in its
 * order, and the partitions in turns. A topic may have thousands of small partitions, and to read one after the other costs a few
 * requests and a wait for each.
 */
public final class InterleavedReader {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<TopicPartition, PartitionRange> open = new HashMap<>();

    private InterleavedReader() {}

    /** @param spans the ranges to read, at most one of each partition */
    public static void read(
            Collection<PartitionRange> spans,
            KafkaClients kafka,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
        InterleavedReader reader = new InterleavedReader();
        for (PartitionRange span : spans) {
            if (span.from() < span.to()) {
                reader.open.put(span.partition(), span);
            }
        }
        if (!reader.open.isEmpty()) {
            try (Consumer<byte[], byte[]> consumer = PartitionReader.consumer(kafka)) {
                reader.read(consumer, action);
            }
        }
    }

    private void read(
            Consumer<byte[], byte[]> consumer, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
        consumer.assign(List.copyOf(open.keySet()));
        open.forEach((partition, span) -> consumer.seek(partition, span.from()));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!open.isEmpty()) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                PartitionRange span = open.get(new TopicPartition(record.topic(), record.partition()));
                if (span != null && record.offset() < span.to()) {
                    action.accept(record);
                }
            }
            // The last offsets of a range may hold no record, so a poll without records looks at all partitions.
            int left = open.size();
            finish(polled.isEmpty() ? new HashSet<>(open.keySet()) : polled.partitions(), consumer);
            if (!polled.isEmpty() || open.size() < left) {
                deadline = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw noProgress();
            }
        }
    }

    /** Stops reading those of the partitions that have been read to the end of their range. */
    private void finish(Set<TopicPartition> partitions, Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> done = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            PartitionRange span = open.get(partition);
            if (span != null && consumer.position(partition) >= span.to()) {
                open.remove(partition);
                done.add(partition);
            }
        }
        consumer.pause(done);
    }

    private BatchException noProgress() {
        PartitionRange one = open.values().iterator().next();
        return BatchException.unreachable(
                "%s and %d further partitions could not be read to the end of their range; Kafka has not answered for %d s"
                        .formatted(one.partition(), open.size() - 1, PATIENCE.toSeconds()),
                new TimeoutException("no progress"));
    }
}
