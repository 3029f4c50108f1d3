package io.backprocess.ledger;

import io.backprocess.kafka.ReaderProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A look at a batch's ledger that is kept up to date. */
public final class LedgerFollower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final TopicPartition ledger;
    private final Properties kafka;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LedgerAccumulator track;

    LedgerFollower(LedgerAccumulator track, TopicPartition ledger, Properties kafka) {
        this.ledger = ledger;
        this.kafka = kafka;
        this.track = track;
        this.consumer = consumer(kafka, "read_committed");
        consumer.assign(List.of(ledger));
        try {
            SummarySearch.goOn(List.of(track), ledger, end(consumer), consumer, POLL);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        consumer.seek(ledger, track.from());
    }

    static KafkaConsumer<byte[], byte[]> consumer(Properties kafka, String isolation) {
        return ReaderProperties.consumer(kafka, isolation, "none");
    }

    /** Everything that is committed by now. */
    public BatchLedger poll() {
        long end = end(consumer);
        while (consumer.position(ledger) < end) {
            takeSome();
        }
        return track.batch();
    }

    /**
     * Everything that stands in the ledger now and is not aborted, once nothing of it is behind an open transaction any more.
     * Kafka confirms a commit a moment before readers see it. A long ledger takes its time to read, which is no waiting.
     *
     * @throws HiddenLedgerException when something still is after so long
     */
    public BatchLedger pollSettled(Duration patience) {
        long end;
        try (KafkaConsumer<byte[], byte[]> uncommitted = consumer(kafka, "read_uncommitted")) {
            end = end(uncommitted);
        }
        poll();
        long deadline = System.nanoTime() + patience.toNanos();
        while (consumer.position(ledger) < end) {
            takeSome();
            poll();
            if (consumer.position(ledger) < end && System.nanoTime() > deadline) {
                throw new HiddenLedgerException(ledger, consumer.position(ledger), end);
            }
        }
        return track.batch();
    }

    /** For a read_committed consumer the end is the last stable offset, for others the high watermark. */
    private long end(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(List.of(ledger)).getOrDefault(ledger, 0L);
    }

    private void takeSome() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            take(record);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            track.take(record);
        } catch (IOException | IllegalArgumentException e) {
            throw new DamagedLedgerException(ledger, record.offset(), e);
        }
    }

    /** Where all lines were read: the places of summaries that are not the sum of the lines before them. */
    public List<Long> wrongSummaries() {
        return List.copyOf(track.wrongSummaries());
    }

    /** The sum of the most lines so far of which there is to be a summary. */
    @Nullable
    LedgerSummary newestSummary() {
        return track.newest();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
