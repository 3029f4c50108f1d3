package io.backprocess.kafka;

import io.backprocess.batch.TransactionalIds;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
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

    /**
     * @param sink the sink's name: one word
     * @param kafka client properties: bootstrap servers, security, and the user's overrides
     */
    public static <T> KafkaSink<T> sink(
            String batchId,
            String sink,
            KafkaRecordSerializationSchema<T> serializer,
            Properties kafka,
            Duration transactionTimeout) {
        Properties properties = new Properties();
        properties.putAll(throughput());
        properties.putAll(kafka);
        properties.setProperty(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, String.valueOf(transactionTimeout.toMillis()));
        return KafkaSink.<T>builder()
                .setBootstrapServers(kafka.getProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG))
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                .setTransactionalIdPrefix(TransactionalIds.of(batchId, sink))
                .setRecordSerializer(serializer)
                .build();
    }

    /**
     * Returns producer properties for a command that writes to a batch's topics in its own transactions. Only one copy of the
     * command can write at a time.
     *
     * @param command one word that is not the name of a sink
     * @param kafka client properties
     */
    public static Properties ofCommand(String batchId, String command, Properties kafka) {
        Properties properties = new Properties();
        properties.putAll(throughput());
        properties.putAll(kafka);
        properties.setProperty(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TransactionalIds.of(batchId, command));
        return properties;
    }

    /**
     * Returns the size in bytes of the largest record that a batch's producer takes, whatever the topic's limit is. The
     * producer measures before compression.
     *
     * @param kafka client properties, which may override the defaults
     */
    public static int largestRecord(Properties kafka) {
        Properties properties = throughput();
        properties.putAll(kafka);
        long request = number(properties, ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        long memory = number(properties, ProducerConfig.BUFFER_MEMORY_CONFIG);
        return (int) Math.min(request, memory);
    }

    private static long number(Properties properties, String name) {
        return Long.parseLong(String.valueOf(properties.get(name)).strip());
    }

    private static Properties throughput() {
        Properties properties = new Properties();
        properties.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.setProperty(ProducerConfig.BATCH_SIZE_CONFIG, String.valueOf(256 * 1024));
        // Readers see a record only after its transaction ends, and the end sends what is left. Until then, wait for
        // full batches.
        properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "1000");
        properties.setProperty(ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(128 * 1024 * 1024));
        // The steps before the sink check the size, because there a record that is too large can become a dead
        // letter.
        properties.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(MAX_REQUEST_BYTES));
        return properties;
    }
}
