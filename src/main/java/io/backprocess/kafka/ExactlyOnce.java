package io.backprocess.kafka;

import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How every sink of a batch writes: in Kafka transactions that commit with the checkpoint.
 *
 * <p>Transactional ids are {@code backprocess.<batch-id>.<sink>-<subtask>-<checkpoint>}, the last two by Flink. The prefix
 * names batch and sink, is the same at every attempt, and since a batch id holds no dot and a sink is one word, none is the
 * beginning of another. Killed after pre-commit, before commit: the restored committer finds the transaction by its id and
 * commits it. Killed before: the restored writer fences and aborts what is left under the prefix.
 */
public final class ExactlyOnce {
    /** What a broker takes in one request unless it is told otherwise, less what stands there beside the records. */
    private static final int MAX_REQUEST_BYTES = 100 * 1024 * 1024 - 64 * 1024;

    private ExactlyOnce() {}

    /**
     * @param sink one word
     * @param kafka client properties: bootstrap servers, security, and what the user overrides
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
                .setTransactionalIdPrefix(transactionalIdPrefix(batchId, sink))
                .setRecordSerializer(serializer)
                .build();
    }

    public static String transactionalIdPrefix(String batchId, String sink) {
        return "backprocess." + batchId + "." + sink;
    }

    /**
     * For a command that writes to a batch's topics in transactions of its own, one copy of it at a time.
     *
     * @param command one word that is no sink
     * @param kafka client properties
     */
    public static Properties ofCommand(String batchId, String command, Properties kafka) {
        Properties properties = new Properties();
        properties.putAll(throughput());
        properties.putAll(kafka);
        properties.setProperty(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalIdPrefix(batchId, command));
        return properties;
    }

    /**
     * The largest record that a producer of a batch takes, whatever the topic does: it measures before compression.
     *
     * @param kafka client properties, which may say otherwise
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
        // Nobody sees anything before its transaction ends, which sends what is left: until then, wait for full
        // batches.
        properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "1000");
        properties.setProperty(ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(128 * 1024 * 1024));
        // What fits is measured before the sink, where it can become a dead letter.
        properties.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(MAX_REQUEST_BYTES));
        return properties;
    }
}
