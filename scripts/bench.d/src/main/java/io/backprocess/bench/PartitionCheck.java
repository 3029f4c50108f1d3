package io.backprocess.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Checks one partition of a topic, record after record. */
interface PartitionCheck {
    void take(ConsumerRecord<byte[], byte[]> record) throws IOException;

    /** Frees memory at the end. */
    void finish();

    Duration PATIENCE = Duration.ofSeconds(1);

    interface PerPartition<C> {
        C of(int partition);
    }

    /** Reads every record that is committed now, partition after partition, by two threads. */
    static <C extends PartitionCheck> List<C> read(String bootstrapServers, String topic, PerPartition<C> checks)
            throws Exception {
        Map<TopicPartition, Long> ends;
        try (Admin admin = Admin.create(Clients.producer(bootstrapServers))) {
            ends = Clients.ends(admin, topic);
        }
        ExecutorService threads = Executors.newFixedThreadPool(Clients.THREADS);
        List<Future<C>> reading = new ArrayList<>();
        ends.forEach((partition, end) -> reading.add(
                threads.submit(() -> read(bootstrapServers, partition, end, checks.of(partition.partition())))));
        threads.shutdown();
        List<C> read = new ArrayList<>();
        for (Future<C> future : reading) {
            read.add(future.get());
        }
        return read;
    }

    private static <C extends PartitionCheck> C read(
            String bootstrapServers, TopicPartition partition, long end, C check) throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Clients.consumer(bootstrapServers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
                    check.take(record);
                }
            }
        }
        check.finish();
        return check;
    }
}
