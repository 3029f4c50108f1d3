package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One reader reads backprocess.batches again and again, beside writers. */
class BatchesReaderITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @Test
    void findsWhatWasWrittenSinceItLastRead() {
        try (BatchesReader reader = new BatchesReader(KAFKA.clients())) {
            for (int i = 0; i < 5; i++) {
                BatchesTopic.write(KAFKA.clients(), "key-" + i, "{}");

                assertThat(keys(reader::readSettled)).contains("key-0", "key-" + i);
                assertThat(keys(reader::readUncommitted)).contains("key-0", "key-" + i);
                assertThat(keys(reader::readStable)).contains("key-0", "key-" + i);
            }
        }
    }

    @Test
    void showsAnOpenTransactionToTheUncommittedReadOnly() throws Exception {
        try (BatchesReader reader = new BatchesReader(KAFKA.clients());
                KafkaProducer<byte[], byte[]> writer = FencedWriter.producer("a-writer", KAFKA.clients())) {
            writer.initTransactions();
            writer.beginTransaction();
            writer.send(BatchesTopic.record("open", "{}")).get();
            List<String> uncommitted = keys(reader::readUncommitted);
            List<String> stable = keys(reader::readStable);
            writer.commitTransaction();
            List<String> settled = keys(reader::readSettled);

            assertThat(uncommitted).contains("open");
            assertThat(stable).doesNotContain("open");
            assertThat(settled).contains("open");
        }
    }

    @Test
    void readsAgainAfterItWasClosed() {
        BatchesTopic.write(KAFKA.clients(), "before", "{}");
        BatchesReader reader = new BatchesReader(KAFKA.clients());
        reader.close();

        assertThat(keys(reader::readSettled)).contains("before");
        reader.close();
    }

    private static List<String> keys(Consumer<Consumer<ConsumerRecord<byte[], byte[]>>> read) {
        List<String> keys = new ArrayList<>();
        read.accept(record -> keys.add(new String(record.key(), StandardCharsets.UTF_8)));
        return keys;
    }
}
