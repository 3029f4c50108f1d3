package io.backprocess.preview;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.preview.Slices.Slice;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Jumps from slice to slice with one consumer, which belongs to no group and commits nothing. */
final class SampleReader implements AutoCloseable {
    /** A slice, and not much of what follows it: what is fetched and not wanted is unpacked for nothing. */
    private static final int FETCH_BYTES = 256 * 1024;

    private static final int POLL_RECORDS = 500;

    private final Consumer<byte[], byte[]> consumer;
    private long passed;

    SampleReader(Properties kafka) {
        Properties small = new Properties();
        small.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(FETCH_BYTES));
        small.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(POLL_RECORDS));
        small.putAll(kafka);
        consumer = orExplain(() -> PartitionReader.consumer(small));
    }

    /** Readers that may be given up half way; they share the consumer, so one at a time. */
    PartitionReader reader(TopicPartition partition, long from, long to) {
        return new PartitionReader(new PartitionRange(partition, from, to), () -> consumer);
    }

    void read(String topic, Slice slice, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> action) {
        PartitionReader reader = reader(new TopicPartition(topic, slice.partition()), slice.from(), slice.to());
        long next = slice.to();
        for (long read = 0; read < slice.records(); read++) {
            ConsumerRecord<byte[], byte[]> record = orExplain(reader::next);
            if (record == null) {
                next = slice.to();
                break;
            }
            next = record.offset() + 1;
            action.accept(record);
        }
        passed += next - slice.from();
    }

    /** Over how many offsets the records lay that were read. */
    long passed() {
        return passed;
    }

    /** What Kafka's client throws in words. */
    static <T extends @Nullable Object> T orExplain(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (OffsetOutOfRangeException e) {
            throw BatchException.failed(
                    "records of %s were deleted while they were read; try again"
                            .formatted(e.offsetOutOfRangePartitions().keySet()),
                    e);
        } catch (org.apache.kafka.common.errors.TimeoutException e) {
            throw BatchException.unreachable("Kafka does not answer: " + e.getMessage(), e);
        } catch (KafkaException e) {
            throw BatchException.failed("cannot read from Kafka: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
