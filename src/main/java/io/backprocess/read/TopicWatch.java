package io.backprocess.read;

import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the source is still the topic that the batch was planned over. A consumer does not check that. When the topic is
 * deleted, a consumer reads nothing forever. When the topic is made again, it reads other records at the same offsets.
 *
 * <p>A topic counts as deleted when two checks in a row, some seconds apart, do not find it: a broker that has just started may
 * not know the topic at first. A Kafka that does not answer says nothing about the topic.
 */
public final class TopicWatch implements SourceWatch {
    private static final Duration TIMEOUT = Duration.ofSeconds(12);
    private static final Duration SECOND_LOOK = Duration.ofSeconds(5);
    private static final int PARTITIONS_NAMED = 20;

    private final String topic;
    private final @Nullable String topicId;
    private final KafkaClients kafka;
    private final Duration interval;
    private final Supplier<Map<Integer, Long>> committed;
    private final @Nullable Growth growth;

    private final Object lock = new Object();
    private @Nullable Admin admin;
    private boolean closed;
    private int grownTo;

    /** Makes sure that the batch's own topics have as many partitions as the source, before any new partition is read. */
    @FunctionalInterface
    public interface Growth {
        void to(int partitions);
    }

    /**
     * @param topicId the topic's id when the batch was planned; null when it is unknown
     * @param committed returns, by partition, the offset behind the highest one that the batch has committed, for the message;
     *     it must not wait
     * @param growth receives the topic's number of partitions when the batch follows, else null
     */
    public TopicWatch(
            String topic,
            @Nullable String topicId,
            KafkaClients kafka,
            Duration interval,
            Supplier<Map<Integer, Long>> committed,
            @Nullable Growth growth) {
        this.topic = topic;
        this.topicId = topicId;
        this.kafka = kafka;
        this.interval = interval;
        this.committed = committed;
        this.growth = growth;
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public Sighting look() {
        TopicDescription seen = describe();
        if (seen == null) {
            pause();
            seen = describe();
        }
        if (seen == null) {
            throw stop("topic %s does not exist any more".formatted(topic));
        }
        Uuid id = seen.topicId();
        if (topicId != null && !id.equals(Uuid.ZERO_UUID) && !id.toString().equals(topicId)) {
            throw stop("topic %s was deleted and made again (its id was %s, now %s), so its offsets mean other records"
                    .formatted(topic, topicId, id));
        }
        int partitions = seen.partitions().size();
        Map<Integer, Long> firstOffsets = firstOffsets(partitions);
        if (growth != null && partitions > grownTo) {
            growth.to(partitions);
            grownTo = partitions;
        }
        return new Sighting(partitions, firstOffsets);
    }

    private @Nullable TopicDescription describe() {
        try {
            return get(admin().describeTopics(List.of(topic)).allTopicNames()).get(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw new IllegalStateException("cannot describe topic %s: %s".formatted(topic, e.getMessage()), e);
        }
    }

    private Map<Integer, Long> firstOffsets(int partitions) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            wanted.put(new TopicPartition(topic, partition), OffsetSpec.earliest());
        }
        try {
            Map<Integer, Long> first = new HashMap<>();
            get(admin().listOffsets(wanted).all())
                    .forEach((partition, offset) -> first.put(partition.partition(), offset.offset()));
            return first;
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "cannot read the first offsets of topic %s: %s".formatted(topic, e.getMessage()), e);
        }
    }

    private SuppressRestartsException stop(String what) {
        return new SuppressRestartsException(new IllegalStateException(
                "%s; the batch has committed %s. What is written stays; to reprocess the rest, run a new batch id over a source that holds it"
                        .formatted(what, reached())));
    }

    /**
     * Says how far the batch has committed. When the ledger cannot be read, it says that too, so that the missing source is still
     * reported.
     */
    private String reached() {
        Map<Integer, Long> offsets;
        try {
            offsets = committed.get();
        } catch (RuntimeException e) {
            return "up to an unknown offset (%s)".formatted(e.getMessage());
        }
        if (offsets.isEmpty()) {
            return "nothing of it";
        }
        String named = offsets.entrySet().stream()
                .limit(PARTITIONS_NAMED)
                .map(entry -> "%s-%s up to offset %s".formatted(topic, entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return offsets.size() > PARTITIONS_NAMED
                ? "%s and %s more partitions".formatted(named, offsets.size() - PARTITIONS_NAMED)
                : named;
    }

    private void pause() {
        try {
            Thread.sleep(Math.min(interval.toMillis(), SECOND_LOOK.toMillis()));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Admin admin() {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("the topic watch is closed");
            }
            if (admin == null) {
                admin = kafka.openPlainAdmin();
            }
            return admin;
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("Kafka does not answer", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while reading the source topic", e);
    }

    /** Closes the client. Another thread may be inside {@link #look}. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
        }
    }
}
