package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaBrokerITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @Test
    void readsWhatIsCommittedInTheOrderOfEachPartition() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");

        KAFKA.send(record(topic, 1, "a"), record(topic, 0, "b"));
        KAFKA.sendAndAbort(List.of(record(topic, 1, "aborted")));
        KAFKA.sendAndCommit(List.of(record(topic, 1, "c")));

        assertThat(KAFKA.read(topic)).extracting(read -> text(read.value())).containsExactly("b", "a", "c");
        assertThat(KAFKA.readByPartition(topic).get(1))
                .extracting(read -> read.offset())
                .containsExactly(0L, 3L);
    }

    @Test
    void aTopicCanBeDeletedAndCreatedAgain() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1);
        KAFKA.send(record(topic, 0, "old"));

        KAFKA.deleteTopic(topic);
        KAFKA.createTopic(topic, 3);

        assertThat(KAFKA.partitions(topic)).isEqualTo(3);
        assertThat(KAFKA.read(topic)).isEmpty();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, 1L, null, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
