package io.backprocess.publish;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.HeaderChanges;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.TopicNames;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.LetterFamily;
import io.backprocess.event.Publication;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.json.JsonText;
import io.backprocess.kafka.NativeLz4;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Serializes results and ledger lines. Results go to the partition number of their source record, with its key, timestamp and
 * headers, unless the plan places them elsewhere. Ledger lines go to the batch's partition of the ledger.
 */
public final class ResultSerializer implements KafkaRecordSerializationSchema<Publication> {
    private static final long serialVersionUID = 1;

    public static final String SOURCE = "backprocess.source";
    public static final String BATCH_ID = "backprocess.batch-id";
    public static final String REVISION = "backprocess.revision";
    public static final String SOURCE_EVENT_ID = "backprocess.source-event-id";
    public static final String CORRELATION_ID = "backprocess.correlation-id";

    private final String batchId;
    private final String sourceTopic;
    private final String resultTopic;
    private final String revision;
    private final ResultHeaders wanted;
    private final String ledgerTopic;
    private final int ledgerPartition;
    private boolean keepsCorrelationId;
    private @Nullable HeaderChanges changes;
    private @Nullable LetterFamily letters;
    /** The number of partitions among which the key of a result chooses; 0 where a result keeps the partition of its source. */
    private int partitions;

    /** Whether results name their batch in a header even where they have few headers. */
    private boolean namesBatch;
    /** The names of headers that are never dropped, because the envelope or the value needs them. */
    private TreeSet<String> needed = new TreeSet<>();

    private transient @Nullable Pattern dropped;

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

    /**
     * Returns the serializer of a batch.
     *
     * @param revision the names of the revisions, as the value of the header {@code backprocess.revision}
     * @param mapping where records keep the parts of an envelope
     */
    public static ResultSerializer of(BatchPlan plan, String revision, EnvelopeMapping mapping) {
        BatchSpec spec = plan.spec();
        return new ResultSerializer(
                        spec.batchId(),
                        spec.sourceTopic(),
                        spec.resultTopic(),
                        revision,
                        spec.resultHeaders(),
                        TopicNames.LEDGER,
                        plan.ledger().partition())
                .withCorrelationId(plan.keepsCorrelationId())
                .withChanges(spec.headerChanges(), neededHeaders(spec, mapping))
                .placed(plan.isPlaced() ? plan.resultPartitions() : 0, spec.isInto())
                .overLetters(
                        spec.deadLettersOf() == null
                                ? null
                                : spec.deadLettersOf().family());
    }

    private static Set<String> neededHeaders(BatchSpec spec, EnvelopeMapping mapping) {
        Set<String> needed = new TreeSet<>(mapping.headers());
        if (spec.encoding() != null) {
            needed.addAll(spec.encoding().headers());
        }
        return needed;
    }

    /**
     * @param among the number of partitions among which the key of a result chooses; 0 for the partition of its source
     * @param isInto whether the topic may hold records of others
     */
    private ResultSerializer placed(int among, boolean isInto) {
        partitions = among;
        namesBatch = isInto;
        return this;
    }

    private ResultSerializer overLetters(@Nullable LetterFamily family) {
        letters = family;
        return this;
    }

    private ResultSerializer withChanges(@Nullable HeaderChanges headerChanges, Set<String> neededHeaders) {
        changes = headerChanges;
        needed = new TreeSet<>(neededHeaders);
        return this;
    }

    /** Sets whether a result gets the former correlationId of its event as a header. */
    public ResultSerializer withCorrelationId(boolean kept) {
        keepsCorrelationId = kept;
        return this;
    }

    /**
     * Tells whether a record of the result topic can be the batch's. In a topic that others write to, results name their batch.
     */
    public static boolean isOf(BatchSpec spec, Headers headers) {
        if (!spec.isInto()) {
            return true;
        }
        Header batch = headers.lastHeader(BATCH_ID);
        return batch != null && Arrays.equals(batch.value(), spec.batchId().getBytes(StandardCharsets.UTF_8));
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
                partition(result),
                // The producer rejects negative timestamps, and without a timestamp it would use the clock.
                Math.max(0, source.timestamp()),
                result.key(),
                result.value(),
                taken(result.headers()));
        add(record.headers(), result.source(), result.headers() != source.headers());
        if (changes != null) {
            changes.add().forEach((name, text) -> {
                record.headers().remove(name);
                record.headers().add(name, text.getBytes(StandardCharsets.UTF_8));
            });
        }
        return record;
    }

    /** Returns the partition, as Kafka's own producer chooses it among as many for a record with this key. */
    private int partition(Result result) {
        int source = result.source().record().partition();
        if (partitions == 0) {
            return source;
        }
        byte[] key = result.key();
        return key == null ? source % partitions : BuiltInPartitioner.partitionForKey(key, partitions);
    }

    /** Returns the headers without those that results do not take over. */
    private Headers taken(Headers headers) {
        if (letters == null && (changes == null || changes.drop().isEmpty())) {
            return headers;
        }
        if (dropped == null && changes != null) {
            dropped = changes.dropped();
        }
        RecordHeaders left = new RecordHeaders();
        for (Header header : headers) {
            if (isTaken(header.key())) {
                left.add(header);
            }
        }
        return left;
    }

    /**
     * Adds the headers after the original's headers, of which the record has a copy.
     *
     * @param stamped whether the envelope's mapping has changed headers, perhaps the one of the batch
     */
    private void add(Headers headers, Event event, boolean stamped) {
        if (wanted != ResultHeaders.NONE) {
            headers.add(SOURCE, origin(event.record()));
            if (letters != null) {
                letters.read(event.record()).writeTo(headers);
            }
            addCorrelationId(headers, event);
        }
        if (wanted == ResultHeaders.FULL || namesBatch) {
            byte[] id = batchId.getBytes(StandardCharsets.UTF_8);
            Header batch = stamped ? headers.lastHeader(BATCH_ID) : null;
            if (batch == null || !Arrays.equals(batch.value(), id)) {
                headers.add(BATCH_ID, id);
            }
        }
        if (wanted == ResultHeaders.FULL) {
            headers.add(REVISION, revision.getBytes(StandardCharsets.UTF_8));
            headers.add(SOURCE_EVENT_ID, event.eventIdBytes());
        }
    }

    /** Adds what stood where a result names its batch, unless an earlier batch has kept what stood there before it. */
    private void addCorrelationId(Headers headers, Event event) {
        JsonValue former = keepsCorrelationId ? event.overwrittenCorrelationId() : null;
        if (former != null && headers.lastHeader(CORRELATION_ID) == null) {
            String text = former.text();
            headers.add(CORRELATION_ID, JsonText.encode(text == null ? former.literal() : text));
        }
    }

    private boolean isTaken(String header) {
        if (letters != null && (LetterFamily.isContext(header) || LetterFamily.isHistory(header))) {
            return false;
        }
        return dropped == null
                || HeaderChanges.isOwn(header)
                || needed.contains(header)
                || !dropped.matcher(header).matches();
    }

    private byte[] origin(SourceRecord source) {
        return (sourceTopic + "/" + source.partition() + "/" + source.offset()).getBytes(StandardCharsets.US_ASCII);
    }

    private ProducerRecord<byte[], byte[]> serialize(LedgerEntry entry) {
        byte[] key = (batchId + "/" + entry.partition()).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(ledgerTopic, ledgerPartition, key, entry.line());
    }
}
