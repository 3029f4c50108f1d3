package io.backprocess.preview;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.preview.Slices.Slice;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads slice after slice with one consumer, which belongs to no group and commits nothing. */
final class SampleReader implements AutoCloseable {
    /**
     * The fetch size. It holds a slice and little of what follows, because a fetch decompresses all its records, needed or not.
     */
    private static final int FETCH_BYTES = 256 * 1024;

    private static final int POLL_RECORDS = 500;

    private final Consumer<byte[], byte[]> consumer;
    private long passed;

    SampleReader(KafkaClients kafka) {
        KafkaClients small = kafka.withDefault(
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(FETCH_BYTES))
                .withDefault(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(POLL_RECORDS));
        consumer = orExplain(() -> PartitionReader.consumer(small));
    }

    /** Returns a reader that need not be read to its end. The readers share the consumer, so only one may be in use at a time. */
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

    /** Returns the number of offsets over which the records read so far are spread. */
    long passed() {
        return passed;
    }

    /** Runs a read, and converts the exceptions of Kafka's client to messages for the user. */
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
