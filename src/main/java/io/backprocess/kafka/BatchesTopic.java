package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.TopicNames;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Reads and writes the one partition of {@code backprocess.batches}. */
public final class BatchesTopic {
    private BatchesTopic() {}

    /**
     * Reads every committed record that the topic holds now. This waits for the transactions that are open.
     *
     * @throws BatchException failed, when the end is not reached in time
     */
    public static void readSettled(KafkaClients kafka, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        try (BatchesReader reader = new BatchesReader(kafka)) {
            reader.readSettled(taker);
        }
    }

    /** Reads every record that the topic holds now, whatever becomes of its transaction. */
    public static void readUncommitted(KafkaClients kafka, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        try (BatchesReader reader = new BatchesReader(kafka)) {
            reader.readUncommitted(taker);
        }
    }

    /**
     * Writes one record.
     *
     * @param value null deletes the key's record
     * @return the record's timestamp in milliseconds: the broker's when the topic uses append times
     * @throws BatchException failed, when Kafka does not store the record
     */
    public static long write(KafkaClients kafka, String key, @Nullable String value) {
        try (KafkaProducer<byte[], byte[]> producer =
                kafka.with(ProducerConfig.ACKS_CONFIG, "all").openProducer()) {
            return producer.send(record(key, value)).get().timestamp();
        } catch (ExecutionException e) {
            throw notStored(key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while storing " + key, e);
        }
    }

    static BatchException notStored(String key, Exception failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        return BatchException.failed(
                "cannot store %s in %s: %s".formatted(key, TopicNames.BATCHES, cause.getMessage()), failure);
    }

    public static ProducerRecord<byte[], byte[]> record(String key, @Nullable String value) {
        return new ProducerRecord<>(
                TopicNames.BATCHES,
                0,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    public static boolean hasKey(ConsumerRecord<byte[], byte[]> record, String key) {
        return record.key() != null && new String(record.key(), StandardCharsets.UTF_8).equals(key);
    }
}
