package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.TopicNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the one partition of {@code backprocess.batches}, each time from its beginning. A command reads it a dozen times, and to
 * open a consumer takes longer than to read the topic, so the consumers stay open until this is closed.
 */
public final class BatchesReader implements AutoCloseable {
    private static final TopicPartition PARTITION = new TopicPartition(TopicNames.BATCHES, 0);
    /** The patience is longer than a transaction that its owner never ends can stay open. */
    private static final Duration PATIENCE = FencedWriter.TRANSACTION_TIMEOUT.plusSeconds(15);

    private final KafkaClients kafka;
    /** The open consumers by isolation. */
    private final Map<String, KafkaConsumer<byte[], byte[]>> consumers = new HashMap<>();

    public BatchesReader(KafkaClients kafka) {
        this.kafka = kafka;
    }

    /**
     * Reads every committed record that the topic holds now. This waits for the transactions that are open.
     *
     * @throws BatchException failed, when the end is not reached in time
     */
    public synchronized void readSettled(Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        // A consumer of committed records does not see the end behind open transactions.
        readTo(end(consumer("read_uncommitted")), consumer("read_committed"), taker);
    }

    /** Reads every record that the topic holds now, whatever becomes of its transaction. */
    public synchronized void readUncommitted(Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted");
        readTo(end(consumer), consumer, taker);
    }

    /** Reads the committed records before the first open transaction. */
    public synchronized void readStable(Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed");
        readTo(end(consumer), consumer, taker);
    }

    private static long end(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    }

    private static void readTo(
            long end, KafkaConsumer<byte[], byte[]> consumer, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (consumer.position(PARTITION) < end) {
            if (System.nanoTime() > deadline) {
                throw BatchException.failed(
                        "topic %s cannot be read to its end at offset %d".formatted(TopicNames.BATCHES, end));
            }
            consumer.poll(Duration.ofMillis(200)).forEach(taker);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        return consumers.computeIfAbsent(isolation, any -> kafka.openConsumer(isolation, "earliest"));
    }

    /** Closes the consumers. A later read opens them again. */
    @Override
    public synchronized void close() {
        consumers.values().forEach(KafkaConsumer::close);
        consumers.clear();
    }
}
