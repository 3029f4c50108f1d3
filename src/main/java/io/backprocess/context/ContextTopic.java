package io.backprocess.context;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.ContextSpec;
import io.backprocess.batch.FrozenContexts;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.render.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The changelog topic of the contexts. A plan freezes its state, and a batch reads that state again. It is read without a
 * group.
 */
public final class ContextTopic {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String topic;
    private final KafkaClients kafka;
    private final Consumer<ConsumerRecord<byte[], byte[]>> taker;
    private final HashStream64 hash = Hashing.xxh3_64().hashStream();
    private long records;
    private long sum;

    private ContextTopic(String topic, KafkaClients kafka, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        this.topic = topic;
        this.kafka = kafka;
        this.taker = taker;
    }

    /**
     * Freezes the topic's present state; null when the specification has no context. It reads the whole topic for its
     * fingerprint.
     *
     * @throws BatchException usage, when the topic does not exist or is empty
     */
    public static @Nullable FrozenContexts freeze(BatchSpec spec, KafkaAdmin admin) {
        ContextSpec context = spec.context();
        if (context == null) {
            return null;
        }
        String topic = context.topic();
        int partitions = admin.partitions(topic);
        if (partitions == 0) {
            throw BatchException.usage("topic '%s' does not exist; check --context-topic".formatted(topic));
        }
        List<OffsetRange> ranges = new ArrayList<>();
        Map<Integer, ListOffsetsResultInfo> ends = admin.offsets(topic, partitions, OffsetSpec.latest());
        new TreeMap<>(admin.offsets(topic, partitions, OffsetSpec.earliest())).forEach((partition, start) -> {
            ListOffsetsResultInfo end = ends.get(partition);
            long to = end == null ? start.offset() : Math.max(start.offset(), end.offset());
            ranges.add(new OffsetRange(partition, start.offset(), to));
        });
        ContextTopic reading = new ContextTopic(topic, admin.clients(), record -> {});
        reading.read(ranges);
        if (reading.records == 0) {
            throw BatchException.usage("--context-topic %s holds no record, so no context is known".formatted(topic));
        }
        return new FrozenContexts(ranges, reading.records, reading.fingerprint());
    }

    /**
     * Reads the records of the plan's contexts. The records of one partition come in their order; partitions are interleaved.
     *
     * @throws BatchException refused, when they are no longer the contexts that the plan was made with
     */
    public static void read(BatchPlan plan, KafkaClients kafka, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        ContextSpec context = plan.spec().context();
        FrozenContexts frozen = plan.contexts();
        if (context == null || frozen == null) {
            throw new IllegalArgumentException("the plan has no contexts");
        }
        ContextTopic reading = new ContextTopic(context.topic(), kafka, taker);
        try {
            reading.read(frozen.ranges());
        } catch (OffsetOutOfRangeException e) {
            throw changed(plan, context.topic(), "some have been deleted (%s)".formatted(e.getMessage()));
        }
        if (reading.records != frozen.records() || !reading.fingerprint().equals(frozen.fingerprint())) {
            throw changed(
                    plan,
                    context.topic(),
                    reading.records == frozen.records()
                            ? "other records are at the same offsets"
                            : "%s records instead of %s"
                                    .formatted(Words.count(reading.records), Words.count(frozen.records())));
        }
    }

    private static BatchException changed(BatchPlan plan, String topic, String how) {
        return BatchException.refused(
                "the contexts in topic %s are no longer those that batch '%s' was planned with: %s. Old events would get other contexts than before; keep what that topic holds (cleanup.policy=delete, retention.ms=-1), and run a new batch id"
                        .formatted(topic, plan.spec().batchId(), how));
    }

    /** Returns what a user should know before a batch relies on the topic; null when there is nothing to warn about. */
    public static @Nullable String warning(BatchSpec spec, KafkaAdmin admin) {
        ContextSpec context = spec.context();
        if (context == null) {
            return null;
        }
        Map<String, String> config = admin.topicConfig(context.topic());
        List<String> doubts = new ArrayList<>();
        if (config.getOrDefault("cleanup.policy", "").contains("compact")) {
            doubts.add(
                    "is compacted: of the contexts of a subject only the last may be left, and the batch stops when more are compacted away while it runs");
        }
        if (config.getOrDefault("message.timestamp.type", "").equals("LogAppendTime")) {
            doubts.add(
                    "stamps records when they arrive: a context applies from then on, and not from when it was made");
        }
        return doubts.isEmpty()
                ? null
                : "--context-topic %s %s".formatted(context.topic(), String.join("; and it ", doubts));
    }

    private void read(List<OffsetRange> ranges) {
        Map<TopicPartition, Long> open = new HashMap<>();
        for (OffsetRange range : ranges) {
            if (range.size() > 0) {
                open.put(new TopicPartition(topic, range.partition()), range.end());
            }
        }
        KafkaClients reading = kafka.withDefault(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "10000");
        // A context that has been deleted is an error here; the reader must not skip it.
        try (KafkaConsumer<byte[], byte[]> consumer = reading.openConsumer("read_committed", "none")) {
            consumer.assign(open.keySet());
            ranges.stream()
                    .filter(range -> range.size() > 0)
                    .forEach(range -> consumer.seek(new TopicPartition(topic, range.partition()), range.start()));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!open.isEmpty()) {
                boolean progress = poll(consumer, open);
                Set<TopicPartition> done = new HashSet<>(open.keySet());
                // The position shows the end: the last offsets may be transaction markers, or compacted away.
                open.entrySet().removeIf(each -> consumer.position(each.getKey()) >= each.getValue());
                done.removeAll(open.keySet());
                consumer.pause(done);
                if (progress || !done.isEmpty()) {
                    deadline = System.nanoTime() + PATIENCE.toNanos();
                } else if (System.nanoTime() > deadline) {
                    throw BatchException.unreachable(
                            "topic %s: only %s contexts could be read; Kafka has not answered for %s s"
                                    .formatted(topic, Words.count(records), PATIENCE.toSeconds()),
                            new TimeoutException("no progress"));
                }
            }
        }
    }

    private boolean poll(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> open) {
        boolean any = false;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            Long end = open.get(new TopicPartition(record.topic(), record.partition()));
            if (end != null && record.offset() < end) {
                any = true;
                add(record);
            }
        }
        return any;
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        records++;
        hash.reset().putInt(record.partition()).putLong(record.offset()).putLong(record.timestamp());
        put(record.key());
        put(record.value());
        // The fingerprint is a sum, because partitions come interleaved.
        sum += hash.getAsLong();
        taker.accept(record);
    }

    private void put(byte @Nullable [] bytes) {
        hash.putBoolean(bytes == null);
        if (bytes != null) {
            hash.putByteArray(bytes);
        }
    }

    private String fingerprint() {
        return String.format(Locale.ROOT, "%016x", sum);
    }
}
