package io.backprocess.tools.chaos;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Dies in a transaction that holds a record in every partition of a topic, so that Kafka keeps it open until its timeout.
 *
 * <pre>Hang BOOTSTRAP TRANSACTIONAL-ID TIMEOUT-SECONDS TOPIC</pre>
 */
public final class Hang {
    private Hang() {}

    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                args[0],
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                args[1],
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Integer.parseInt(args[2]) * 1000));
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        for (PartitionInfo partition : producer.partitionsFor(args[3])) {
            producer.send(new ProducerRecord<>(
                            args[3], partition.partition(), "another/0".getBytes(StandardCharsets.UTF_8), new byte[] {
                                'x'
                            }))
                    .get();
        }
        System.out.println("open in " + args[3]);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
