package io.backprocess.plan;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how long a source topic keeps what a batch has not read yet, in a few requests. It notes what it may not read.
 */
public final class RetentionCheck {
    /** The longest time to wait: a forecast is not worth more. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final KafkaAdmin admin;
    private final List<String> notes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    public RetentionCheck(KafkaAdmin admin) {
        this.admin = admin;
    }

    /**
     * Returns the forecast.
     *
     * @param next the first unread offset of each partition; for a missing partition the start of its range counts
     * @param remaining the time that the batch is still expected to take; null when unknown
     */
    public Retention of(BatchPlan plan, Map<Integer, Long> next, @Nullable Duration remaining, Instant now) {
        String topic = plan.spec().sourceTopic();
        Map<Integer, Long> unread = new TreeMap<>();
        for (OffsetRange range : plan.ranges()) {
            long first = next.getOrDefault(range.partition(), range.start());
            if (first < range.end()) {
                unread.put(range.partition(), first);
            }
        }
        Map<String, String> config = unread.isEmpty() ? Map.of() : config(topic);
        boolean deletes =
                config.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "").contains(TopicConfig.CLEANUP_POLICY_DELETE);
        long age = deletes ? number(config, TopicConfig.RETENTION_MS_CONFIG) : -1;
        long bytes = deletes ? number(config, TopicConfig.RETENTION_BYTES_CONFIG) : -1;

        Map.Entry<Integer, Long> oldest = age < 0 ? null : smallest(timestamps(topic, unread));
        Map.Entry<Integer, Long> fullest = bytes < 0 ? null : smallest(room(topic, unread.keySet(), bytes));
        Instant expiresAt =
                oldest == null ? null : Instant.ofEpochMilli(oldest.getValue()).plusMillis(age);
        if (oldest != null && expiresAt != null) {
            warnOfAge(topic, oldest.getKey(), expiresAt, remaining, now);
        }
        if (fullest != null && fullest.getValue() == 0) {
            warnings.add(
                    "partition %s-%d is larger than retention.bytes=%d, and its oldest records may be deleted at any time; raise retention.bytes of %s until the batch is done"
                            .formatted(topic, fullest.getKey(), bytes, topic));
        }
        Map.Entry<Integer, Long> where = oldest == null ? fullest : oldest;
        return new Retention(
                expiresAt,
                where == null ? null : where.getKey(),
                fullest == null ? null : fullest.getValue(),
                joined(warnings),
                joined(notes));
    }

    private void warnOfAge(String topic, int partition, Instant expiresAt, @Nullable Duration remaining, Instant now) {
        if (!expiresAt.isAfter(now)) {
            warnings.add(
                    "the oldest unread record of %s-%d is past its retention since %s and may be deleted at any time; raise retention.ms of %s until the batch is done"
                            .formatted(topic, partition, expiresAt, topic));
        } else if (remaining != null && now.plus(remaining).isAfter(expiresAt)) {
            warnings.add(
                    "the batch is expected to take until %s, but unread records of %s-%d may be deleted from %s on; raise retention.ms of %s until it is done, or its parallelism"
                            .formatted(now.plus(remaining), topic, partition, expiresAt, topic));
        }
    }

    private Map<String, String> config(String topic) {
        try {
            return admin.topicConfig(topic);
        } catch (BatchException e) {
            notes.add("unknown: " + e.getMessage());
            return Map.of();
        }
    }

    private static long number(Map<String, String> config, String name) {
        return Long.parseLong(config.getOrDefault(name, "-1"));
    }

    /** Returns, by partition, the bytes that still fit into the log before Kafka deletes its oldest segment. */
    private Map<Integer, Long> room(String topic, Collection<Integer> partitions, long limit) {
        Map<Integer, Long> room = new TreeMap<>();
        try {
            admin.logSizes(topic).forEach((partition, size) -> {
                if (partitions.contains(partition)) {
                    room.put(partition, Math.max(0, limit - size));
                }
            });
            if (room.isEmpty()) {
                notes.add("by size unknown: Kafka reports no log size of %s".formatted(topic));
            }
        } catch (BatchException e) {
            notes.add("by size unknown: " + e.getMessage());
        }
        return room;
    }

    /** Returns the timestamp of the first unread record, for each partition that Kafka answers for in time. */
    private Map<Integer, Long> timestamps(String topic, Map<Integer, Long> unread) {
        Map<Integer, Long> timestamps = new TreeMap<>();
        // One Kafka batch of each partition is enough.
        KafkaClients small = admin.clients().with(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "1");
        Map<TopicPartition, Long> open = new HashMap<>();
        unread.forEach((partition, offset) -> open.put(new TopicPartition(topic, partition), offset));
        // Offsets that were deleted already are skipped: reading begins at the first that still exists.
        try (KafkaConsumer<byte[], byte[]> consumer = small.openConsumer("read_uncommitted", "earliest")) {
            consumer.assign(List.copyOf(open.keySet()));
            open.forEach(consumer::seek);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (timestamps.size() < unread.size() && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    timestamps.putIfAbsent(record.partition(), record.timestamp());
                    consumer.pause(List.of(new TopicPartition(topic, record.partition())));
                }
            }
        } catch (KafkaException e) {
            notes.add("by age unknown: the oldest unread records of %s cannot be read: %s"
                    .formatted(topic, e.getMessage()));
            return timestamps;
        }
        if (timestamps.size() < unread.size()) {
            notes.add("by age known for only %d of %d unread partitions, because Kafka did not answer within %d s"
                    .formatted(timestamps.size(), unread.size(), PATIENCE.toSeconds()));
        }
        // Without a timestamp Kafka uses the age of the file, which no request returns.
        timestamps.values().removeIf(timestamp -> timestamp < 0);
        return timestamps;
    }

    private static Map.@Nullable Entry<Integer, Long> smallest(Map<Integer, Long> values) {
        return values.entrySet().stream().min(Map.Entry.comparingByValue()).orElse(null);
    }

    private static @Nullable String joined(List<String> words) {
        return words.isEmpty() ? null : String.join("; ", words);
    }
}
