package io.backprocess.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The limit that {@code verify} is compared with: it reads the source and the results of a batch, and looks at nothing. Two threads
 * do that, with the client settings of a batch.
 *
 * <p>{@code RawReaders BOOTSTRAP TOPIC…}
 */
public final class RawReaders {
    private RawReaders() {}

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (Admin admin = Admin.create(Clients.producer(bootstrapServers))) {
            for (int topic = 1; topic < args.length; topic++) {
                ends.putAll(Clients.ends(admin, args[topic]));
            }
        }
        ExecutorService threads = Executors.newFixedThreadPool(Clients.THREADS);
        List<Future<Long>> readers = new ArrayList<>();
        for (int t = 0; t < Clients.THREADS; t++) {
            int thread = t;
            Map<TopicPartition, Long> mine = new HashMap<>(ends);
            mine.keySet().removeIf(partition -> partition.partition() % Clients.THREADS != thread);
            readers.add(threads.submit(() -> read(bootstrapServers, mine)));
        }
        threads.shutdown();
        long records = 0;
        for (Future<Long> reader : readers) {
            records += reader.get();
        }
        System.out.printf("read %d records%n", records);
    }

    private static long read(String bootstrapServers, Map<TopicPartition, Long> ends) {
        long records = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Clients.consumer(bootstrapServers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                records += consumer.poll(Duration.ofMillis(100)).count();
            }
        }
        return records;
    }
}
