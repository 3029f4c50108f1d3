package io.backprocess.plan;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A sample of the first records of each partition's range, as many as Kafka returns within seconds. It shows how large
 * records are.
 *
 * @param records the number of records
 * @param bytes the size of their keys and values together
 */
public record RecordSample(long records, long bytes) {
    private static final int RECORDS_A_PARTITION = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Returns the average size of a record in bytes; 0 when there are none. */
    public long averageBytes() {
        return records == 0 ? 0 : (bytes + records - 1) / records;
    }

    public static RecordSample of(BatchPlan plan, KafkaClients kafka) {
        Map<TopicPartition, OffsetRange> open = new HashMap<>();
        for (OffsetRange range : plan.ranges()) {
            if (range.size() > 0) {
                open.put(new TopicPartition(plan.spec().sourceTopic(), range.partition()), range);
            }
        }
        long records = 0;
        long bytes = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.openConsumer("read_committed", "earliest")) {
            consumer.assign(List.copyOf(open.keySet()));
            open.forEach((partition, range) -> consumer.seek(partition, range.start()));
            Map<TopicPartition, Integer> seen = new HashMap<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!open.isEmpty() && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    OffsetRange range = open.get(partition);
                    if (range == null || record.offset() >= range.end()) {
                        continue;
                    }
                    records++;
                    bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
                    if (seen.merge(partition, 1, Integer::sum) >= RECORDS_A_PARTITION) {
                        open.remove(partition);
                    }
                }
                // A partition is also done when only markers or compacted offsets are left.
                open.entrySet()
                        .removeIf(each -> consumer.position(each.getKey())
                                >= each.getValue().end());
                consumer.pause(consumer.assignment().stream()
                        .filter(partition -> !open.containsKey(partition))
                        .toList());
            }
        } catch (KafkaException e) {
            throw BatchException.failed(
                    "cannot read records of %s to see how large they are: %s"
                            .formatted(plan.spec().sourceTopic(), e.getMessage()),
                    e);
        }
        return new RecordSample(records, bytes);
    }
}
