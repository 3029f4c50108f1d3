package io.backprocess.publish;

import io.backprocess.batch.ResultHeaders;
import io.backprocess.event.Event;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Publication;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.NativeLz4;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Serializes results and ledger lines. Results go to the partition number of their source record, with its key, timestamp and
 * headers. Ledger lines go to the batch's partition of the ledger.
 */
public final class ResultSerializer implements KafkaRecordSerializationSchema<Publication> {
    private static final long serialVersionUID = 1;

    public static final String SOURCE = "backprocess.source";
    public static final String BATCH_ID = "backprocess.batch-id";
    public static final String REVISION = "backprocess.revision";
    public static final String SOURCE_EVENT_ID = "backprocess.source-event-id";

    private final String batchId;
    private final String sourceTopic;
    private final String resultTopic;
    private final String revision;
    private final ResultHeaders wanted;
    private final String ledgerTopic;
    private final int ledgerPartition;

    /** @param revision the names of the revisions, as the value of the header {@code backprocess.revision} */
    public ResultSerializer(
            String batchId,
            String sourceTopic,
            String resultTopic,
            String revision,
            ResultHeaders wanted,
            String ledgerTopic,
            int ledgerPartition) {
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
        this.resultTopic = resultTopic;
        this.revision = revision;
        this.wanted = wanted;
        this.ledgerTopic = ledgerTopic;
        this.ledgerPartition = ledgerPartition;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        NativeLz4.load();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(Publication publication, KafkaSinkContext context, Long timestamp) {
        return publication instanceof Result result ? serialize(result) : serialize((LedgerEntry) publication);
    }

    private ProducerRecord<byte[], byte[]> serialize(Result result) {
        SourceRecord source = result.source().record();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                resultTopic,
                source.partition(),
                // The producer rejects negative timestamps, and without a timestamp it would use the clock.
                Math.max(0, source.timestamp()),
                source.key(),
                result.envelope(),
                source.headers());
        add(record.headers(), result.source());
        return record;
    }

    /** Adds the headers after the original's headers, of which the record has a copy. */
    private void add(Headers headers, Event event) {
        if (wanted != ResultHeaders.NONE) {
            headers.add(SOURCE, origin(event.record()));
        }
        if (wanted == ResultHeaders.FULL) {
            headers.add(BATCH_ID, batchId.getBytes(StandardCharsets.UTF_8));
            headers.add(REVISION, revision.getBytes(StandardCharsets.UTF_8));
            headers.add(SOURCE_EVENT_ID, event.eventIdBytes());
        }
    }

    private byte[] origin(SourceRecord source) {
        return (sourceTopic + "/" + source.partition() + "/" + source.offset()).getBytes(StandardCharsets.US_ASCII);
    }

    private ProducerRecord<byte[], byte[]> serialize(LedgerEntry entry) {
        byte[] key = (batchId + "/" + entry.partition()).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(ledgerTopic, ledgerPartition, key, entry.line());
    }
}
