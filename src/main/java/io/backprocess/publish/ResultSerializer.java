package io.backprocess.publish;

import io.backprocess.event.LedgerEntry;
import io.backprocess.event.NativeLz4;
import io.backprocess.event.Publication;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Results go to the partition number of their source record, with its key, timestamp and headers; ledger lines go to the
 * batch's partition of the ledger.
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

    /** @param revision the names of the revisions, as the header {@code backprocess.revision} shall have them */
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
        return new ProducerRecord<>(
                resultTopic,
                source.partition(),
                // The producer takes no negative timestamps, and without one would put the clock's.
                Math.max(0, source.timestamp()),
                source.key(),
                result.envelope(),
                headers(result));
    }

    /** The original's headers in their order, then ours. */
    private Headers headers(Result result) {
        SourceRecord source = result.source().record();
        if (wanted == ResultHeaders.NONE) {
            return source.headers();
        }
        RecordHeaders headers = new RecordHeaders(source.headers());
        headers.add(SOURCE, origin(source));
        if (wanted == ResultHeaders.FULL) {
            headers.add(BATCH_ID, batchId.getBytes(StandardCharsets.UTF_8));
            headers.add(REVISION, revision.getBytes(StandardCharsets.UTF_8));
            headers.add(SOURCE_EVENT_ID, result.source().eventIdBytes());
        }
        return headers;
    }

    private byte[] origin(SourceRecord source) {
        return (sourceTopic + "/" + source.partition() + "/" + source.offset()).getBytes(StandardCharsets.US_ASCII);
    }

    private ProducerRecord<byte[], byte[]> serialize(LedgerEntry entry) {
        byte[] key = (batchId + "/" + entry.partition()).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(ledgerTopic, ledgerPartition, key, entry.line());
    }
}
