package io.backprocess.deadletter;

import io.backprocess.kafka.KafkaClients;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Finds the source offset up to which the job's dead letters are on their topic. They commit in a transaction of their own, so
 * the ledger does not record it. Killed between two commits: the results of a checkpoint may be lost while its dead letters are
 * committed.
 *
 * <p>The search is bounded in time and memory. The job writes the dead letters of a partition in the order of its source, so the
 * last ones suffice. It reads a window at the end of each partition, and a larger one where that holds no letter of the job.
 */
public final class LastOrigins implements Serializable {
    private static final long serialVersionUID = 1;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int GROWTH = 8;

    private final String batchId;
    private final String sourceTopic;
    private final String topic;
    private final long window;
    private final KafkaClients kafka;

    /** The letters that redrives and repairs have written. They follow the rest and do not show how far the job has come. */
    public interface LaterLetters {
        boolean holds(int partition, long offset);
    }

    /**
     * @param window the number of offsets to read at the end of each partition; several subtasks may write one checkpoint's
     *     letters, and then their order may differ
     */
    public LastOrigins(String batchId, String sourceTopic, String topic, long window, KafkaClients kafka) {
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
        this.topic = topic;
        this.window = window;
        this.kafka = kafka;
    }

    /** Returns the source offset after the last record that has a dead letter, for each partition that has any. */
    public Map<Integer, Long> read(LaterLetters later) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
            List<TopicPartition> partitions = partitions(consumer);
            return read(consumer, consumer.endOffsets(partitions), later);
        }
    }

    /**
     * Returns the same offsets after every open transaction over the topic's present records has ended.
     *
     * @throws IllegalStateException when a transaction is still open after {@code patience}
     */
    public Map<Integer, Long> readSettled(LaterLetters later, Duration patience) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
            return read(consumer, settledEnds(consumer, patience), later);
        }
    }

    private Map<TopicPartition, Long> settledEnds(KafkaConsumer<byte[], byte[]> consumer, Duration patience) {
        List<TopicPartition> partitions = partitions(consumer);
        Map<TopicPartition, Long> written;
        try (KafkaConsumer<byte[], byte[]> uncommitted = consumer("read_uncommitted")) {
            written = uncommitted.endOffsets(partitions);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Map<TopicPartition, Long> stable = consumer.endOffsets(partitions);
            Set<TopicPartition> open = partitions.stream()
                    .filter(each -> stable.getOrDefault(each, 0L) < written.getOrDefault(each, 0L))
                    .collect(Collectors.toSet());
            if (open.isEmpty()) {
                return stable;
            }
            if (System.nanoTime() > deadline) {
                TopicPartition one = open.iterator().next();
                throw new IllegalStateException(
                        "%s: an open transaction hides the records from offset %s to %s; try again in a moment"
                                .formatted(one, stable.get(one), written.get(one)));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        return kafka.openConsumer(isolation, "none");
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        List<PartitionInfo> known = consumer.partitionsFor(topic);
        return known == null
                ? List.of()
                : known.stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
    }

    private Map<Integer, Long> read(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, LaterLetters later) {
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(ends.keySet());
        Map<Integer, Long> behind = new TreeMap<>();
        Map<TopicPartition, Long> left = new HashMap<>(ends);
        left.entrySet().removeIf(end -> starts.getOrDefault(end.getKey(), 0L) >= end.getValue());
        for (long size = window; !left.isEmpty(); size = Math.multiplyExact(size, GROWTH)) {
            Map<TopicPartition, Long> froms = new HashMap<>();
            for (Map.Entry<TopicPartition, Long> end : left.entrySet()) {
                froms.put(end.getKey(), Math.max(starts.getOrDefault(end.getKey(), 0L), end.getValue() - size));
            }
            readFrom(consumer, froms, left, later, behind);
            left.entrySet()
                    .removeIf(end -> behind.containsKey(end.getKey().partition())
                            || froms.getOrDefault(end.getKey(), 0L) <= starts.getOrDefault(end.getKey(), 0L));
        }
        return behind;
    }

    private void readFrom(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> froms,
            Map<TopicPartition, Long> ends,
            LaterLetters later,
            Map<Integer, Long> behind) {
        consumer.assign(froms.keySet());
        froms.forEach(consumer::seek);
        while (froms.keySet().stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
            for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(POLL)) {
                Long origin = later.holds(letter.partition(), letter.offset()) ? null : origin(letter);
                if (origin != null) {
                    behind.merge(letter.partition(), origin + 1, Math::max);
                }
            }
        }
    }

    /** Returns the letter's source offset; null where the record is not a dead letter of the batch. */
    private @Nullable Long origin(ConsumerRecord<byte[], byte[]> letter) {
        Headers headers = letter.headers();
        boolean own = batchId.equals(DeadLetterHeaders.text(headers, DeadLetterHeaders.BATCH_ID))
                && sourceTopic.equals(DeadLetterHeaders.text(headers, DeadLetterHeaders.TOPIC))
                && String.valueOf(letter.partition())
                        .equals(DeadLetterHeaders.text(headers, DeadLetterHeaders.PARTITION));
        try {
            return own
                    ? (Long) Long.parseLong(
                            Objects.requireNonNullElse(DeadLetterHeaders.text(headers, DeadLetterHeaders.OFFSET), ""))
                    : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
