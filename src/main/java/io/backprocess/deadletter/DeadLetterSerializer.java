package io.backprocess.deadletter;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.NativeLz4;
import io.backprocess.event.SourceRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Dead letters keep partition number, key, value, timestamp and headers of the original; the context is added. */
public final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {
    private static final long serialVersionUID = 1;

    private final String batchId;
    private final String sourceTopic;
    private final String deadLetterTopic;
    private final String revision;

    /** @param revision the names of the revisions */
    public DeadLetterSerializer(String batchId, String sourceTopic, String deadLetterTopic, String revision) {
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
        this.deadLetterTopic = deadLetterTopic;
        this.revision = revision;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        NativeLz4.load();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        SourceRecord record = letter.record();
        return new ProducerRecord<>(
                deadLetterTopic,
                record.partition(),
                Math.max(0, record.timestamp()),
                record.key(),
                record.value(),
                DeadLetterHeaders.of(letter, sourceTopic, batchId, revision));
    }
}
