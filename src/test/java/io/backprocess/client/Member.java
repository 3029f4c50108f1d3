package io.backprocess.client;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The process of one member of a group. Each record that it has processed is a line of its file: topic, partition, offset, and the
 * offset of the source. A line {@code committed} follows when all before it are committed.
 *
 * <p>Arguments: bootstrap servers, alias, source topic, group, file.
 */
final class Member {
    private Member() {}

    @SuppressWarnings("CatchAndPrintStackTrace")
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", args[0]);
        properties.setProperty("group.id", args[3]);
        properties.setProperty("auto.offset.reset", "earliest");
        properties.setProperty("session.timeout.ms", "10000");
        properties.setProperty("heartbeat.interval.ms", "500");
        properties.setProperty("max.poll.records", "40");
        properties.setProperty("auto.commit.interval.ms", "3600000");
        AtomicBoolean ended = new AtomicBoolean();
        try (PrintStream out = new PrintStream(
                        Files.newOutputStream(Path.of(args[4]), StandardOpenOption.CREATE_NEW),
                        true,
                        StandardCharsets.UTF_8);
                AliasConsumer<byte[], byte[]> consumer = new AliasConsumer<>(
                        properties, args[1], args[2], new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ended.set(true);
                consumer.wakeup();
                try {
                    main.join(10_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            for (int polls = 1; !ended.get(); polls++) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    long origin = record.topic().equals(args[2]) ? record.offset() : Lane.originOf(record);
                    out.println(record.topic() + " " + record.partition() + " " + record.offset() + " " + origin);
                    Thread.sleep(1);
                }
                if (polls % 10 == 0) {
                    commit(consumer, out);
                }
            }
            commit(consumer, out);
        } catch (WakeupException e) {
            // The next reader of the partition commits what the last poll has returned.
            System.out.println("woken up");
        }
    }

    private static void commit(AliasConsumer<?, ?> consumer, PrintStream out) {
        try {
            consumer.commit();
            out.println("committed");
        } catch (RebalanceInProgressException e) {
            System.out.println("rebalanced");
        }
    }
}
