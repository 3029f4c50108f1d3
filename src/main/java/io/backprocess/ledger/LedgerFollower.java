package io.backprocess.ledger;

import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads a batch's ledger and keeps the result up to date. */
public final class LedgerFollower implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final TopicPartition ledger;
    private final KafkaClients kafka;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LedgerAccumulator track;

    LedgerFollower(LedgerAccumulator track, TopicPartition ledger, KafkaClients kafka) {
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

    static KafkaConsumer<byte[], byte[]> consumer(KafkaClients kafka, String isolation) {
        return kafka.openConsumer(isolation, "none");
    }

    /** Returns everything that is committed by now. */
    public BatchLedger poll() {
        long end = end(consumer);
        while (consumer.position(ledger) < end) {
            takeSome();
        }
        return track.batch();
    }

    /**
     * Returns everything that is in the ledger now and is not aborted. It waits until no open transaction hides a part of that,
     * because Kafka confirms a commit a moment before readers see it.
     *
     * @param patience the longest time to wait for open transactions; the time that reading takes does not count
     * @throws HiddenLedgerException if an open transaction still hides a part of the ledger after that time
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

    /** Returns the end of the ledger: the last stable offset for a read_committed consumer, the high watermark for others. */
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

    /**
     * Returns the ledger offsets of summaries that are not the sum of the lines before them. It is empty unless all lines were
     * read.
     */
    public List<Long> wrongSummaries() {
        return List.copyOf(track.wrongSummaries());
    }

    /** Returns the newest summary that is due; null if there is none. */
    @Nullable
    LedgerSummary newestSummary() {
        return track.newest();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
