package io.backprocess.kafka;

import io.backprocess.batch.TransactionalIds;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Builds the sinks of a batch: they write in Kafka transactions that commit with the checkpoint.
 *
 * <p>Transactional ids are {@code backprocess.<batch-id>.<sink>-<subtask>-<checkpoint>}; Flink adds the last two. The prefix
 * names batch and sink, and is the same at every attempt. A batch id holds no dot and a sink is one word, so no prefix is the
 * beginning of another. Killed after pre-commit, before commit: the restored committer finds the transaction by its id and
 * commits it. Killed before: the restored writer fences and aborts what is left under the prefix.
 */
public final class ExactlyOnce {
    /** The broker's default limit for one request, less the bytes that a request holds beside the records. */
    private static final int MAX_REQUEST_BYTES = 100 * 1024 * 1024 - 64 * 1024;

    private ExactlyOnce() {}

    /** @param sink the sink's name: one word */
    public static <T> KafkaSink<T> sink(
            String batchId,
            String sink,
            KafkaRecordSerializationSchema<T> serializer,
            KafkaClients kafka,
            Duration transactionTimeout) {
        KafkaClients writing = throughput(kafka)
                .with(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, String.valueOf(transactionTimeout.toMillis()));
        return KafkaSink.<T>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setKafkaProducerConfig(writing.properties())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                .setTransactionalIdPrefix(TransactionalIds.of(batchId, sink))
                .setRecordSerializer(serializer)
                .build();
    }

    /**
     * Opens the producer of a command that writes to a batch's topics in its own transactions. Only one copy of the command
     * can write at a time.
     *
     * @param command one word that is not the name of a sink
     */
    public static KafkaProducer<byte[], byte[]> openProducer(String batchId, String command, KafkaClients kafka) {
        return throughput(kafka)
                .with(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TransactionalIds.of(batchId, command))
                .openProducer();
    }

    /**
     * Returns the size in bytes of the largest record that a batch's producer takes, whatever the topic's limit is. The
     * producer measures before compression.
     */
    public static int largestRecord(KafkaClients kafka) {
        Properties properties = throughput(kafka).properties();
        long request = number(properties, ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        long memory = number(properties, ProducerConfig.BUFFER_MEMORY_CONFIG);
        return (int) Math.min(request, memory);
    }

    private static long number(Properties properties, String name) {
        return Long.parseLong(String.valueOf(properties.get(name)).strip());
    }

    /** Returns the clients with the defaults of a batch's producers. */
    private static KafkaClients throughput(KafkaClients kafka) {
        return kafka.withDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
                .withDefault(ProducerConfig.BATCH_SIZE_CONFIG, String.valueOf(256 * 1024))
                // Readers see a record only after its transaction ends, and the end sends what is left. Until then,
                // wait for full batches.
                .withDefault(ProducerConfig.LINGER_MS_CONFIG, "1000")
                .withDefault(ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(128 * 1024 * 1024))
                // The steps before the sink check the size, because there a record that is too large can become a dead
                // letter.
                .withDefault(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(MAX_REQUEST_BYTES));
    }
}
