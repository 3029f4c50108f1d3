package io.backprocess.ledger;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.event.OffsetRange;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what has been committed of a batch's ledger. */
public final class LedgerReader implements Serializable {
    private static final long serialVersionUID = 1;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final String batchId;
    private final ArrayList<OffsetRange> ranges;
    private final TopicPartition ledger;
    private final long start;
    private final Properties kafka;

    /**
     * @param ranges what the batch reads
     * @param ledger the partition that holds the batch's lines
     * @param start no line of the batch stands before this offset
     */
    public LedgerReader(String batchId, List<OffsetRange> ranges, TopicPartition ledger, long start, Properties kafka) {
        this.batchId = batchId;
        this.ranges = new ArrayList<>(ranges);
        this.ledger = ledger;
        this.start = start;
        this.kafka = kafka;
    }

    /** What is committed now. What stands behind a transaction that is still open, of whatever batch, is not seen. */
    public BatchLedger read() {
        return read(Duration.ZERO);
    }

    /**
     * What is committed, once nothing that stands in the ledger now is behind an open transaction any more.
     *
     * @throws IllegalStateException when it still is after so long
     */
    public BatchLedger readSettled(Duration patience) {
        return read(patience);
    }

    private BatchLedger read(Duration patience) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        BatchLedger batch = new BatchLedger(ranges);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(ledger));
            consumer.seek(ledger, start);
            // A read_committed consumer's end is the last stable offset; currentLag to the high watermark is not told.
            long end = patience.isZero() ? stableEnd(consumer) : highWatermark();
            long deadline = System.nanoTime() + patience.toNanos();
            while (consumer.position(ledger) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    take(record, batch);
                }
                if (!patience.isZero() && System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "%s: an open transaction hides what stands between offset %d and %d; try again in a moment"
                                    .formatted(ledger, consumer.position(ledger), end));
                }
            }
        }
        return batch;
    }

    private long stableEnd(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(List.of(ledger)).getOrDefault(ledger, 0L);
    }

    private long highWatermark() {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return stableEnd(consumer);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, BatchLedger batch) {
        if (record.key() == null
                || record.value() == null
                || !new String(record.key(), StandardCharsets.UTF_8).startsWith(batchId + "/")) {
            return;
        }
        try {
            LedgerLine line = JSON.readValue(record.value(), LedgerLine.class);
            batch.add(line, Instant.ofEpochMilli(record.timestamp()));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the ledger's line at %s offset %d is no line of batch %s: somebody else has written there"
                            .formatted(ledger, record.offset(), batchId),
                    e);
        }
    }
}
