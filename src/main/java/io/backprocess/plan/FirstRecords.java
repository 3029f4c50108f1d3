package io.backprocess.plan;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reads the first records of each partition's range: at most some thousands, and as many as Kafka returns within seconds. */
final class FirstRecords {
    private static final int MOST_RECORDS = 20_000;
    private static final int MOST_A_PARTITION = 200;
    private static final int LEAST_A_PARTITION = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private FirstRecords() {}

    /** @param purpose what the records are read for, for the message when that fails: {@code to see how large they are} */
    static void read(
            String topic,
            List<OffsetRange> ranges,
            KafkaClients kafka,
            String purpose,
            Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        Map<TopicPartition, OffsetRange> open = new HashMap<>();
        for (OffsetRange range : ranges) {
            if (range.size() > 0) {
                open.put(new TopicPartition(topic, range.partition()), range);
            }
        }
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.openConsumer("read_committed", "earliest")) {
            consumer.assign(List.copyOf(open.keySet()));
            open.forEach((partition, range) -> consumer.seek(partition, range.start()));
            int each = Math.max(LEAST_A_PARTITION, Math.min(MOST_A_PARTITION, MOST_RECORDS / Math.max(1, open.size())));
            Map<TopicPartition, Integer> seen = new HashMap<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!open.isEmpty() && System.nanoTime() < deadline) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    OffsetRange range = open.get(partition);
                    if (range == null || record.offset() >= range.end()) {
                        continue;
                    }
                    taker.accept(record);
                    if (seen.merge(partition, 1, Integer::sum) >= each) {
                        open.remove(partition);
                    }
                }
                // A partition is also done when only markers or compacted offsets are left. A poll without records
                // looks at
                // all of them, any other poll only at those that it has records of: there may be thousands.
                Set<TopicPartition> looked = polled.isEmpty() ? consumer.assignment() : polled.partitions();
                for (TopicPartition partition : looked) {
                    OffsetRange range = open.get(partition);
                    if (range != null && consumer.position(partition) >= range.end()) {
                        open.remove(partition);
                    }
                }
                consumer.pause(looked.stream()
                        .filter(partition -> !open.containsKey(partition))
                        .toList());
            }
        } catch (KafkaException e) {
            throw BatchException.failed(
                    "cannot read records of %s %s: %s".formatted(topic, purpose, e.getMessage()), e);
        }
    }
}
