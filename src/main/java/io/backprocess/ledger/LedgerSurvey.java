package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the ledgers of many batches together. Each partition is read once, no matter how many batches it holds. The partitions are
 * read one after the other, and of a batch that is complete only its id is kept. So memory grows with the batches that are not
 * complete, and with those of one partition.
 */
public final class LedgerSurvey {
    private static final Duration POLL = Duration.ofMillis(200);

    private record Batch(String batchId, List<OffsetRange> ranges, long start) {}

    private final Map<TopicPartition, List<Batch>> batches = new HashMap<>();
    /** The batches that are being read, and those read that are not complete. */
    private final Map<String, LedgerAccumulator> accumulators = new HashMap<>();

    private final Set<String> completed = new HashSet<>();
    private final Set<String> damaged = new TreeSet<>();
    private Map<TopicPartition, OffsetRange> hidden = Map.of();

    /**
     * @param ledger the partition that holds the batch's lines
     * @param start the ledger offset before which the batch has no lines
     */
    public void add(String batchId, List<OffsetRange> ranges, TopicPartition ledger, long start) {
        batches.computeIfAbsent(ledger, any -> new ArrayList<>()).add(new Batch(batchId, ranges, start));
    }

    /**
     * Reads what is committed now of every batch that was added.
     *
     * @param patience the longest time to wait for open transactions that hide the end of a partition
     * @return the ledgers by batch id, without those of {@link #completed} batches
     */
    public Map<String, BatchLedger> read(KafkaClients kafka, Duration patience) {
        Map<TopicPartition, Long> all;
        try (KafkaConsumer<byte[], byte[]> uncommitted = LedgerFollower.consumer(kafka, "read_uncommitted")) {
            all = uncommitted.endOffsets(batches.keySet());
        }
        try (KafkaConsumer<byte[], byte[]> consumer = LedgerFollower.consumer(kafka, "read_committed")) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(batches.keySet());
            Map<TopicPartition, Long> reached = new HashMap<>();
            batches.forEach((partition, ofPartition) ->
                    reached.put(partition, read(partition, ofPartition, ends.getOrDefault(partition, 0L), consumer)));
            hidden = hidden(all, reached);
            awaitHidden(all, reached, patience, consumer);
        }
        drop(Set.copyOf(accumulators.keySet()));
        Map<String, BatchLedger> ledgers = new HashMap<>();
        accumulators.forEach((batchId, accumulator) -> ledgers.put(batchId, accumulator.batch()));
        return ledgers;
    }

    /** Reads a partition up to this end, and returns the offset that was reached. */
    private long read(TopicPartition partition, List<Batch> there, long end, KafkaConsumer<byte[], byte[]> consumer) {
        List<LedgerAccumulator> reading = new ArrayList<>();
        for (Batch batch : there) {
            LedgerAccumulator accumulator =
                    new LedgerAccumulator(batch.batchId, batch.ranges, batch.start, Long.MAX_VALUE, line -> {}, false);
            accumulators.put(batch.batchId, accumulator);
            reading.add(accumulator);
        }
        consumer.assign(List.of(partition));
        SummarySearch.goOn(reading, partition, end, consumer, POLL);
        // Never seek behind the end. A topic that was created again, or a changed plan, must not make the survey fail
        // for
        // all batches.
        consumer.seek(
                partition,
                Math.min(
                        end,
                        reading.stream()
                                .mapToLong(LedgerAccumulator::from)
                                .min()
                                .orElse(0)));
        while (consumer.position(partition) < end) {
            consumer.poll(POLL).forEach(this::take);
        }
        drop(there.stream().map(Batch::batchId).toList());
        return consumer.position(partition);
    }

    /** Goes on with the partitions whose end an open transaction hides, until it has ended or the time is over. */
    private void awaitHidden(
            Map<TopicPartition, Long> all,
            Map<TopicPartition, Long> reached,
            Duration patience,
            KafkaConsumer<byte[], byte[]> consumer) {
        if (hidden.isEmpty()) {
            return;
        }
        Set<TopicPartition> waiting = Set.copyOf(hidden.keySet());
        consumer.assign(waiting);
        waiting.forEach(partition -> consumer.seek(partition, reached.getOrDefault(partition, 0L)));
        long deadline = System.nanoTime() + patience.toNanos();
        while (!hidden.isEmpty() && System.nanoTime() < deadline) {
            consumer.poll(POLL).forEach(this::take);
            waiting.forEach(partition -> reached.put(partition, consumer.position(partition)));
            hidden = hidden(all, reached);
        }
    }

    private static Map<TopicPartition, OffsetRange> hidden(
            Map<TopicPartition, Long> ends, Map<TopicPartition, Long> reached) {
        Map<TopicPartition, OffsetRange> hidden = new HashMap<>();
        ends.forEach((partition, end) -> {
            long position = reached.getOrDefault(partition, 0L);
            if (position < end) {
                hidden.put(partition, new OffsetRange(partition.partition(), position, end));
            }
        });
        return hidden;
    }

    /** Forgets the lines of those that are complete. Later lines cannot change that. */
    private void drop(Collection<String> batchIds) {
        for (String batchId : batchIds) {
            LedgerAccumulator accumulator = accumulators.get(batchId);
            if (accumulator != null && accumulator.batch().isComplete()) {
                completed.add(batchId);
                accumulators.remove(batchId);
            }
        }
    }

    /** Returns the batches whose ledger says that they are complete. */
    public Set<String> completed() {
        return completed;
    }

    /** Returns the offsets that an open transaction, of any batch, hides at the end of a partition. */
    public Map<TopicPartition, OffsetRange> hidden() {
        return hidden;
    }

    /** Returns the batches for which another producer has written lines. Their ledgers lack the lines that cannot be read. */
    public Set<String> damaged() {
        return damaged;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        String batchId = key.substring(0, Math.max(0, key.indexOf('/')));
        LedgerAccumulator accumulator = accumulators.get(batchId);
        if (accumulator != null) {
            try {
                accumulator.take(record);
            } catch (IOException | IllegalArgumentException e) {
                damaged.add(batchId);
            }
        }
    }
}
