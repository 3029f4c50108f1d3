package io.backprocess.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The limit that all ways are compared with: it copies bytes from one topic to another without a change, in transactions of ten
 * seconds, by two threads, with the client settings of a batch.
 *
 * <p>{@code RawCopy BOOTSTRAP SOURCE BATCH-ID}
 */
public final class RawCopy {
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(10);

    private RawCopy() {}

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        String source = args[1];
        String results = source + "." + args[2];
        Clients.createTopics(bootstrapServers, source, results);
        Map<TopicPartition, Long> ends;
        try (Admin admin = Admin.create(Clients.producer(bootstrapServers))) {
            ends = Clients.ends(admin, source);
        }
        ExecutorService threads = Executors.newFixedThreadPool(Clients.THREADS);
        List<Future<Long>> copies = new ArrayList<>();
        for (int t = 0; t < Clients.THREADS; t++) {
            int thread = t;
            Map<TopicPartition, Long> mine = new HashMap<>(ends);
            mine.keySet().removeIf(partition -> partition.partition() % Clients.THREADS != thread);
            copies.add(threads.submit(() -> copy(bootstrapServers, mine, results, results + "-" + thread)));
        }
        threads.shutdown();
        long copied = 0;
        for (Future<Long> copy : copies) {
            copied += copy.get();
        }
        System.out.printf("copied %d records%n", copied);
    }

    private static long copy(
            String bootstrapServers, Map<TopicPartition, Long> ends, String results, String transactionalId) {
        Properties writing = Clients.producer(bootstrapServers);
        writing.setProperty("transactional.id", transactionalId);
        long copied = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Clients.consumer(bootstrapServers), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer())) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            producer.initTransactions();
            producer.beginTransaction();
            long commitAt = System.nanoTime() + COMMIT_INTERVAL.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    producer.send(new ProducerRecord<>(
                            results,
                            record.partition(),
                            record.timestamp(),
                            record.key(),
                            record.value(),
                            record.headers()));
                    copied++;
                }
                if (System.nanoTime() > commitAt) {
                    producer.commitTransaction();
                    producer.beginTransaction();
                    commitAt = System.nanoTime() + COMMIT_INTERVAL.toNanos();
                }
            }
            producer.commitTransaction();
        }
        return copied;
    }
}
