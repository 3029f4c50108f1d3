package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads the ledgers of many batches together. Each partition is read once, no matter how many batches it holds. */
public final class LedgerSurvey {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, LedgerAccumulator> accumulators = new HashMap<>();
    private final Map<TopicPartition, List<LedgerAccumulator>> byPartition = new HashMap<>();
    private final Set<String> damaged = new TreeSet<>();
    private Map<TopicPartition, OffsetRange> hidden = Map.of();

    /**
     * @param ledger the partition that holds the batch's lines
     * @param start the ledger offset before which the batch has no lines
     */
    public void add(String batchId, List<OffsetRange> ranges, TopicPartition ledger, long start) {
        LedgerAccumulator accumulator =
                new LedgerAccumulator(batchId, ranges, start, Long.MAX_VALUE, line -> {}, false);
        accumulators.put(batchId, accumulator);
        byPartition.computeIfAbsent(ledger, any -> new ArrayList<>()).add(accumulator);
    }

    /**
     * Reads what is committed now of every batch that was added.
     *
     * @param patience the longest time to wait for open transactions that hide the end of a partition
     * @return the ledgers by batch id
     */
    public Map<String, BatchLedger> read(KafkaClients kafka, Duration patience) {
        Map<TopicPartition, Long> all;
        try (KafkaConsumer<byte[], byte[]> uncommitted = LedgerFollower.consumer(kafka, "read_uncommitted")) {
            all = uncommitted.endOffsets(byPartition.keySet());
        }
        try (KafkaConsumer<byte[], byte[]> consumer = LedgerFollower.consumer(kafka, "read_committed")) {
            consumer.assign(byPartition.keySet());
            Map<TopicPartition, Long> ends = consumer.endOffsets(byPartition.keySet());
            byPartition.forEach((partition, batches) -> {
                consumer.assign(List.of(partition));
                SummarySearch.goOn(batches, partition, ends.getOrDefault(partition, 0L), consumer, POLL);
            });
            consumer.assign(byPartition.keySet());
            // Never seek behind the end. A topic that was created again, or a changed plan, must not make the survey
            // fail for all batches.
            byPartition.forEach((partition, batches) -> consumer.seek(
                    partition,
                    Math.min(
                            ends.getOrDefault(partition, 0L),
                            batches.stream()
                                    .mapToLong(LedgerAccumulator::from)
                                    .min()
                                    .orElse(0))));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(this::take);
            }
            long deadline = System.nanoTime() + patience.toNanos();
            hidden = hidden(all, consumer);
            while (!hidden.isEmpty() && System.nanoTime() < deadline) {
                consumer.poll(POLL).forEach(this::take);
                hidden = hidden(all, consumer);
            }
        }
        Map<String, BatchLedger> ledgers = new HashMap<>();
        accumulators.forEach((batchId, accumulator) -> ledgers.put(batchId, accumulator.batch()));
        return ledgers;
    }

    private static Map<TopicPartition, OffsetRange> hidden(
            Map<TopicPartition, Long> ends, KafkaConsumer<byte[], byte[]> consumer) {
        Map<TopicPartition, OffsetRange> hidden = new HashMap<>();
        ends.forEach((partition, end) -> {
            long position = consumer.position(partition);
            if (position < end) {
                hidden.put(partition, new OffsetRange(partition.partition(), position, end));
            }
        });
        return hidden;
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
