package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BoundedPollITCase {
    private static final int SIZE = 40_000_000;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    /** Each batch is a few kilobytes on the wire, so that one fetch holds them all. */
    @Test
    void takesNoMoreThanItsBoundAndEveryRecordOnce() throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        byte[] large = new byte[SIZE];
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < 4; i++) {
                for (int partition = 0; partition < 2; partition++) {
                    sent.add(producer.send(new ProducerRecord<>(topic, partition, 1L, large, (byte[]) null)));
                    sent.add(producer.send(new ProducerRecord<>(topic, partition, 1L, new byte[1], large)));
                    sent.add(producer.send(new ProducerRecord<>(topic, partition, 1L, null, large)));
                    sent.add(producer.send(new ProducerRecord<>(topic, partition, 1L, new byte[10], new byte[10])));
                    sent.add(producer.send(new ProducerRecord<>(topic, partition, 1L, (byte[]) null, (byte[]) null)));
                }
            }
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }

        List<String> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = KAFKA.clients().openConsumer("read_committed", "earliest")) {
            consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
            while (read.size() < 40) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofSeconds(10));
                assertThat(polled.count()).isPositive();
                long large40 = 0;
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    large40 += length(record.key()) + length(record.value()) >= SIZE ? 1 : 0;
                    read.add(record.partition() + "/" + record.offset());
                }
                assertThat(large40).isLessThanOrEqualTo(1);
            }
        }

        assertThat(read).doesNotHaveDuplicates().hasSize(40);
    }

    @Test
    void leavesTheUsersInterceptors() {
        Properties properties = new Properties();
        properties.put("interceptor.classes", "a.B, c.D");

        BoundedPoll.bound(properties);
        BoundedPoll.bound(properties);

        assertThat(properties.get("interceptor.classes")).isEqualTo("a.B,c.D," + BoundedPoll.NewPoll.class.getName());
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        Properties properties = KAFKA.properties();
        properties.put("compression.type", "zstd");
        properties.put("max.request.size", "100000000");
        properties.put("buffer.memory", "300000000");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
