import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The limit that a batch is measured against: bytes from one topic to another, with nothing done to them, in transactions of
 * ten seconds, with two threads and the client settings of the batch. Prints records per second of its whole run.
 *
 * <p>{@code java -cp target/backprocess.jar:FLINK_LIB/* scripts/bench.d/RawCopy.java BOOTSTRAP FROM TO}
 */
public class RawCopy {
    private static final int THREADS = 2;

    public static void main(String[] args) throws Exception {
        long begin = System.nanoTime();
        String from = args[1];
        String to = args[2];
        Properties kafka = new Properties();
        kafka.put("bootstrap.servers", args[0]);
        int partitions;
        try (Admin admin = Admin.create(kafka)) {
            partitions = admin.describeTopics(List.of(from)).allTopicNames().get().get(from).partitions().size();
            admin.createTopics(List.of(new NewTopic(to, partitions, (short) 1)
                            .configs(Map.of("retention.ms", "-1", "max.message.bytes", "16777216"))))
                    .all()
                    .get();
        }
        long[] copied = new long[THREADS];
        Thread[] threads = new Thread[THREADS];
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            List<TopicPartition> mine = IntStream.range(0, partitions)
                    .filter(p -> p % THREADS == thread)
                    .mapToObj(p -> new TopicPartition(from, p))
                    .toList();
            threads[t] = new Thread(() -> copied[thread] = copy(kafka, mine, to, "raw-copy-" + to + "-" + thread));
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long records = copied[0] + copied[1];
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("raw copy: %d records in %.1f s: %.0f records/s%n", records, seconds, records / seconds);
    }

    private static long copy(Properties kafka, List<TopicPartition> partitions, String to, String transactionalId) {
        Properties consumerProperties = new Properties();
        consumerProperties.putAll(kafka);
        consumerProperties.put("isolation.level", "read_committed");
        consumerProperties.put("enable.auto.commit", "false");
        consumerProperties.put("max.poll.records", "10000");
        consumerProperties.put("max.partition.fetch.bytes", "4194304");
        consumerProperties.put("fetch.min.bytes", "65536");
        consumerProperties.put("fetch.max.wait.ms", "100");
        consumerProperties.put("receive.buffer.bytes", "1048576");
        Properties producerProperties = new Properties();
        producerProperties.putAll(kafka);
        producerProperties.put("transactional.id", transactionalId);
        producerProperties.put("compression.type", "lz4");
        producerProperties.put("batch.size", "262144");
        producerProperties.put("linger.ms", "20");
        producerProperties.put("buffer.memory", "134217728");
        long copied = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        consumerProperties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        producerProperties, new ByteArraySerializer(), new ByteArraySerializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            producer.initTransactions();
            producer.beginTransaction();
            long commitAt = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    producer.send(new ProducerRecord<>(
                            to, record.partition(), record.timestamp(), record.key(), record.value(), record.headers()));
                    copied++;
                }
                if (System.nanoTime() > commitAt) {
                    producer.commitTransaction();
                    producer.beginTransaction();
                    commitAt = System.nanoTime() + Duration.ofSeconds(10).toNanos();
                }
            }
            producer.commitTransaction();
        }
        return copied;
    }
}
