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
 * Reads the ledgers of many batches together. Each partition is read once, no matter how many batches it holds. Partitions are
 * read in groups of a few hundred batches, and of a batch that is complete only its id is kept. So memory grows with the batches
 * that are not complete, and with those of one group.
 */
public final class LedgerSurvey {
    private static final Duration POLL = Duration.ofMillis(200);
    /** The number of batches from which on a group takes no further partition. */
    private static final int GROUP = 500;

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
            for (List<TopicPartition> group : groups()) {
                read(group, ends, consumer);
                group.forEach(partition -> reached.put(partition, consumer.position(partition)));
            }
            hidden = hidden(all, reached);
            awaitHidden(all, reached, patience, consumer);
        }
        drop(Set.copyOf(accumulators.keySet()));
        Map<String, BatchLedger> ledgers = new HashMap<>();
        accumulators.forEach((batchId, accumulator) -> ledgers.put(batchId, accumulator.batch()));
        return ledgers;
    }

    private List<List<TopicPartition>> groups() {
        List<List<TopicPartition>> groups = new ArrayList<>();
        int size = GROUP;
        for (Map.Entry<TopicPartition, List<Batch>> each : batches.entrySet()) {
            if (size >= GROUP) {
                groups.add(new ArrayList<>());
                size = 0;
            }
            groups.get(groups.size() - 1).add(each.getKey());
            size += each.getValue().size();
        }
        return groups;
    }

    /** Reads partitions up to these ends. */
    private void read(
            List<TopicPartition> group, Map<TopicPartition, Long> ends, KafkaConsumer<byte[], byte[]> consumer) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (TopicPartition partition : group) {
            long end = ends.getOrDefault(partition, 0L);
            List<LedgerAccumulator> there = accumulators(partition);
            consumer.assign(List.of(partition));
            SummarySearch.goOn(there, partition, end, consumer, POLL);
            // Never seek behind the end. A topic that was created again, or a changed plan, must not make the survey
            // fail for
            // all batches.
            starts.put(
                    partition,
                    Math.min(
                            end,
                            there.stream()
                                    .mapToLong(LedgerAccumulator::from)
                                    .min()
                                    .orElse(0)));
        }
        consumer.assign(group);
        starts.forEach(consumer::seek);
        while (group.stream().anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
            consumer.poll(POLL).forEach(this::take);
        }
        group.forEach(partition -> drop(batches.getOrDefault(partition, List.of()).stream()
                .map(Batch::batchId)
                .toList()));
    }

    private List<LedgerAccumulator> accumulators(TopicPartition partition) {
        List<LedgerAccumulator> there = new ArrayList<>();
        for (Batch batch : batches.getOrDefault(partition, List.of())) {
            LedgerAccumulator accumulator =
                    new LedgerAccumulator(batch.batchId, batch.ranges, batch.start, Long.MAX_VALUE, line -> {}, false);
            accumulators.put(batch.batchId, accumulator);
            there.add(accumulator);
        }
        return there;
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
