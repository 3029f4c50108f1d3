package io.backprocess.deadletter;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.LetterFamily;
import io.backprocess.event.LetterFamily.Letter;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.NativeLz4;
import io.backprocess.kafka.RecordSize;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Serializes dead letters. They keep partition number, key, value, timestamp and headers of the original, and the context is
 * added. A letter that may not fit into its topic is written {@link ByReference}.
 */
public final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {
    private static final long serialVersionUID = 1;

    private final String batchId;
    private final String sourceTopic;
    private final String deadLetterTopic;
    private final String revision;
    private final int maxBytes;
    private boolean readsOwnLetters;

    /**
     * @param revision the names of the revisions
     * @param maxBytes the record size, in bytes, that both the dead-letter topic and the producer surely accept
     */
    public DeadLetterSerializer(
            String batchId, String sourceTopic, String deadLetterTopic, String revision, int maxBytes) {
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
        this.deadLetterTopic = deadLetterTopic;
        this.revision = revision;
        this.maxBytes = maxBytes;
    }

    /**
     * Sets whether the source is a topic of Backprocess's own dead letters. Their context is replaced by that of the second
     * failure, so what they say of the first one goes into headers of its own.
     */
    public DeadLetterSerializer overOwnLetters(boolean own) {
        readsOwnLetters = own;
        return this;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        NativeLz4.load();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        SourceRecord record = letter.record();
        ProducerRecord<byte[], byte[]> whole = new ProducerRecord<>(
                deadLetterTopic,
                record.partition(),
                Math.max(0, record.timestamp()),
                record.key(),
                record.value(),
                headers(letter));
        return RecordSize.atMost(whole.key(), whole.value(), whole.headers()) <= maxBytes
                ? whole
                : ByReference.of(whole);
    }

    private Headers headers(DeadLetter letter) {
        Headers headers = DeadLetterHeaders.of(letter, sourceTopic, batchId, revision);
        if (readsOwnLetters) {
            Letter first = LetterFamily.BACKPROCESS.read(letter.record());
            first.writeTo(headers);
        }
        return headers;
    }
}
