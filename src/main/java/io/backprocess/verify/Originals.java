package io.backprocess.verify;

import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.Origin;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;

/** Reads the originals of dead letters that are stored by reference, one at a time, from their source offsets. */
public final class Originals implements AutoCloseable {
    private final KafkaClients kafka;
    private final Map<String, Map<Integer, PartitionRange>> topics = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> consumer;

    public Originals(KafkaClients kafka) {
        this.kafka = kafka.with(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
    }

    /** Returns the letter with its original; empty if the original is deleted, or does not have the hash in the letter. */
    public Optional<StoredDeadLetter> whole(StoredDeadLetter letter) {
        return letter.reference() == null
                ? Optional.of(letter)
                : find(letter.origin()).map(SourceRecord::of).flatMap(letter::with);
    }

    private Optional<ConsumerRecord<byte[], byte[]>> find(Origin origin) {
        PartitionRange there =
                topics.computeIfAbsent(origin.topic(), this::spans).get(origin.partition());
        if (there == null || origin.offset() < there.from() || origin.offset() >= there.to()) {
            return Optional.empty();
        }
        PartitionRange one = new PartitionRange(there.partition(), origin.offset(), origin.offset() + 1);
        try {
            // Not closed: the next one is read with the same consumer.
            return Optional.ofNullable(new PartitionReader(one, this::consumer).next());
        } catch (OffsetOutOfRangeException e) {
            // Retention has deleted the record since its partition's range was read.
            return Optional.empty();
        }
    }

    private Map<Integer, PartitionRange> spans(String topic) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return PartitionRange.committed(topic, admin);
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = PartitionReader.consumer(kafka);
        }
        return consumer;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
