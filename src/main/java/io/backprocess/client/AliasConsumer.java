package io.backprocess.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that follows an alias. It reads the topic that the alias points to. When the alias is pointed to a batch that follows its
 * source, each partition changes over between two records, exactly at the place that the alias says or, if the group has read further,
 * behind what it has read: no event is read in both topics, and none is left out. After a rollback it goes back in the same way.
 *
 * <p>Use it like a {@link KafkaConsumer}, with a loop around {@link #poll}. A record that {@code poll} has returned counts as processed
 * when {@code poll} is called again, or after {@link #commit}. If the process is killed, the group reads what was not committed again.
 *
 * <pre>{@code
 * try (AliasConsumer<String, String> consumer = new AliasConsumer<>(properties, "purchases", "orders")) {
 *     while (running) {
 *         consumer.poll(Duration.ofSeconds(1)).forEach(this::process);
 *     }
 *     consumer.commit();
 * }
 * }</pre>
 *
 * <p>All members of the group have to use this class. Like a KafkaConsumer, it is for one thread.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public final class AliasConsumer<K, V> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AliasConsumer.class.getName());
    private static final Duration STEP = Duration.ofMillis(200);
    private static final long LOOK_MILLIS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final String source;
    private final Map<String, Object> config;
    private final KafkaConsumer<K, V> consumer;
    private final GroupOffsets offsets;
    private final AliasWatch watch;
    private final Subscription subscription;
    private final long commitMillis;

    private final Map<Integer, Lane> lanes = new TreeMap<>();
    /** This is true while places are to be looked up, of partitions that were assigned or taken over from another member. */
    private boolean isUnadopted;

    private @Nullable Pointer pointer;
    private long looked;
    private long committed = System.currentTimeMillis();

    /**
     * Creates a consumer with the deserializers that the properties name.
     *
     * @param properties those of a KafkaConsumer, with {@code bootstrap.servers} and {@code group.id}
     * @param alias the alias to follow
     * @param source the topic that the group reads as long as nothing is promoted: the source of the batches
     */
    public AliasConsumer(Properties properties, String alias, String source) {
        this(properties, alias, source, null, null);
    }

    /**
     * Creates a consumer.
     *
     * @param keys the deserializer of keys; null if the properties name it
     * @param values the deserializer of values; null if the properties name it
     */
    public AliasConsumer(
            Properties properties,
            String alias,
            String source,
            @Nullable Deserializer<K> keys,
            @Nullable Deserializer<V> values) {
        this.source = source;
        this.config = ConsumerConfigs.of(properties);
        this.commitMillis = Long.parseLong(
                String.valueOf(config.getOrDefault(ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG, "5000")));
        this.consumer = new KafkaConsumer<>(config, keys, values);
        this.offsets = new GroupOffsets(String.valueOf(config.get(ConsumerConfig.GROUP_ID_CONFIG)), config);
        this.watch = new AliasWatch(alias, config);
        this.subscription = new Subscription(consumer, new Assignments());
    }

    /**
     * Returns the next records of what the group reads; none if none come in time.
     *
     * @param timeout how long to wait for records
     */
    public ConsumerRecords<K, V> poll(Duration timeout) {
        lanes.values().forEach(Lane::settle);
        if (System.currentTimeMillis() - committed > commitMillis) {
            tryToCommit(true);
        }
        long deadline = System.nanoTime() + (timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST).toNanos();
        while (true) {
            follow();
            if (lanes.values().stream().anyMatch(lane -> isOwned(lane) && lane.needsGrant())) {
                tryToCommit(true);
            }
            long left = Math.max(0, deadline - System.nanoTime());
            ConsumerRecords<K, V> records = consumer.poll(Duration.ofNanos(Math.min(left, STEP.toNanos())));
            Map<TopicPartition, List<ConsumerRecord<K, V>>> taken = new HashMap<>();
            for (TopicPartition partition : records.partitions()) {
                List<ConsumerRecord<K, V>> some = take(partition, records.records(partition));
                if (!some.isEmpty()) {
                    taken.put(partition, some);
                }
            }
            // Also where there was no record: the position passes over markers of transactions.
            for (Lane lane : lanes.values()) {
                if (isOwned(lane)) {
                    lane.readTo(consumer.position(lane.reading()));
                }
            }
            if (!taken.isEmpty() || left == 0) {
                Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
                taken.keySet().forEach(each -> next.put(each, new OffsetAndMetadata(consumer.position(each))));
                return new ConsumerRecords<>(taken, next);
            }
            lanes.values().forEach(Lane::settle);
        }
    }

    /** Returns those of the records that the group is to read in this topic, up to the place at which it leaves it. */
    private List<ConsumerRecord<K, V>> take(TopicPartition partition, List<ConsumerRecord<K, V>> records) {
        List<ConsumerRecord<K, V>> taken = new ArrayList<>();
        Lane lane = lanes.get(partition.partition());
        if (lane == null || !lane.reading().equals(partition)) {
            consumer.seek(partition, records.get(0).offset());
            return taken;
        }
        for (ConsumerRecord<K, V> record : records) {
            long origin = lane.origin(record);
            if (lane.isBeyond(record.offset(), origin)) {
                consumer.seek(partition, record.offset());
                consumer.pause(List.of(partition));
                lane.hold(origin);
                break;
            }
            if (lane.take(origin)) {
                taken.add(record);
            }
        }
        return taken;
    }

    /**
     * Commits everything that {@link #poll} has returned so far.
     *
     * @throws CommitFailedException if other members have got the partitions meanwhile, and read it again
     * @throws RebalanceInProgressException if the members share the partitions out at this moment; {@link #poll} goes on with that
     */
    public void commit() {
        lanes.values().forEach(Lane::settle);
        commitProcessed(true);
    }

    /** @param readsOn whether this member goes on reading these partitions */
    private void commitProcessed(boolean readsOn) {
        Map<TopicPartition, OffsetAndMetadata> processed = new HashMap<>();
        for (Lane lane : lanes.values()) {
            if (isOwned(lane) && !(readsOn && lane.isCommitted())) {
                processed.put(lane.reading(), lane.processed(readsOn));
            }
        }
        committed = System.currentTimeMillis();
        if (!processed.isEmpty()) {
            consumer.commitSync(processed);
            processed.forEach(this::noteCommitted);
        }
    }

    /** Commits, unless the group shares its partitions out anew; what is not committed then is read again by whoever gets it. */
    private boolean tryToCommit(boolean readsOn) {
        try {
            commitProcessed(readsOn);
            return true;
        } catch (RebalanceInProgressException | CommitFailedException e) {
            LOG.log(System.Logger.Level.DEBUG, "The group is being rebalanced, so nothing is committed now.", e);
            return false;
        }
    }

    private void noteCommitted(TopicPartition partition, OffsetAndMetadata offset) {
        Lane lane = lanes.get(partition.partition());
        if (lane != null) {
            lane.noteCommitted(partition.topic(), offset);
        }
    }

    /** Returns the topic that this member reads, by the partitions that it has. */
    public Map<Integer, String> topics() {
        Map<Integer, String> topics = new TreeMap<>();
        lanes.forEach((number, lane) -> {
            if (isOwned(lane)) {
                topics.put(number, lane.place().topic());
            }
        });
        return topics;
    }

    /** Makes {@link #poll}, which another thread is in, throw a WakeupException. */
    public void wakeup() {
        consumer.wakeup();
    }

    /**
     * Leaves the group. What the last {@link #poll} has returned counts as not processed; call {@link #commit} before, if it is.
     */
    @Override
    public void close() {
        try {
            consumer.close();
        } finally {
            try {
                watch.close();
            } finally {
                offsets.close();
            }
        }
    }

    /** Looks what the alias points to, and changes over where that is due. */
    private void follow() {
        long now = System.currentTimeMillis();
        if (now - looked > LOOK_MILLIS) {
            looked = now;
            pointer = watch.look(PATIENCE);
            subscription.add(source, target());
            // Another member may have changed a partition over to a topic in which this one has it.
            isUnadopted |= consumer.assignment().stream().anyMatch(each -> {
                Lane lane = lanes.get(each.partition());
                return lane == null || !isOwned(lane);
            });
        }
        if (isUnadopted) {
            adopt();
        }
        for (Lane lane : lanes.values()) {
            if (isOwned(lane)) {
                changeOver(lane);
            }
        }
    }

    private String target() {
        return pointer == null ? source : pointer.topic();
    }

    /** Looks up where the group is in the partitions that this member has, and begins there. */
    private void adopt() {
        isUnadopted = false;
        List<String> newest = new ArrayList<>(List.of(target()));
        if (pointer != null) {
            newest.addAll(pointer.earlier());
        }
        newest.add(source);
        Map<Integer, Map<String, OffsetAndMetadata>> all = offsets.all();
        subscription.visit(all, newest);
        Set<Integer> numbers = new TreeSet<>();
        consumer.assignment().forEach(each -> numbers.add(each.partition()));
        for (int number : numbers) {
            Lane before = lanes.get(number);
            if (before != null && isOwned(before)) {
                continue;
            }
            Map<String, OffsetAndMetadata> own = all.getOrDefault(number, new HashMap<>());
            Place place = Place.find(own, newest);
            Lane lane = new Lane(number, source, own, place == null ? Place.in(target(), 0) : place);
            lanes.put(number, lane);
            boolean begins = false;
            try {
                begins = !isOwned(lane) || begin(lane);
            } finally {
                // Another rebalance, or a wakeup, has come in between.
                if (!begins) {
                    lanes.remove(number);
                    isUnadopted = true;
                }
            }
        }
        subscription.add(source, target());
    }

    /** Begins where the group is. Returns false if a rebalance has come in between, after which it has to be tried again. */
    private boolean begin(Lane lane) {
        TopicPartition reading = lane.reading();
        OffsetAndMetadata at = lane.committedIn(reading.topic());
        if (at != null) {
            consumer.seek(reading, at.offset());
        }
        long position = consumer.position(reading);
        Place place = lane.place();
        if (place.next() == Lane.NONE && !lane.isInSource()) {
            place = Place.in(reading.topic(), LastOrigin.before(reading, position, config) + 1);
        }
        lane.begin(place, position, place.reach() > place.next() ? end(reading) : position);
        // Also, a group that has read nothing yet must not begin elsewhere if the alias is moved before it has.
        boolean begins = tryToCommit(true);
        if (begins) {
            consumer.resume(List.of(reading));
        }
        return begins;
    }

    private boolean isOwned(Lane lane) {
        return consumer.assignment().contains(lane.reading());
    }

    /** Changes a partition over, if the alias points elsewhere and the group has come to the place for it. */
    private void changeOver(Lane lane) {
        String target = target();
        Exit exit = lane.place().topic().equals(target) || !subscription.has(target, lane.partition())
                ? null
                : exit(lane, target);
        if (exit == null) {
            lane.limit(Long.MAX_VALUE, Long.MAX_VALUE);
        } else {
            lane.limit(exit.offset(), exit.origin());
            if (lane.isAtLimit() || (exit.atEnd() && isAtEnd(lane))) {
                move(lane, exit);
                return;
            }
        }
        if (lane.isHeld()) {
            consumer.resume(List.of(lane.reading()));
        }
    }

    private @Nullable Exit exit(Lane lane, String target) {
        Pointer.HandOver place = pointer == null ? null : pointer.place(lane.partition());
        if (place != null) {
            return Exit.by(place, lane, target);
        }
        if (lane.place().knows(target) || target.equals(source)) {
            return Exit.back(lane, target);
        }
        if (pointer != null && pointer.follows()) {
            // A partition without a place is not in the results yet, when it is added to the source.
            return pointer.places().isEmpty() ? Exit.back(lane, target) : null;
        }
        return Exit.anew(lane, target);
    }

    /** Tells whether a topic of results is read to its end, so that the last event is read as a whole. */
    private boolean isAtEnd(Lane lane) {
        return lane.position() >= end(lane.reading());
    }

    private long end(TopicPartition partition) {
        return consumer.endOffsets(List.of(partition)).getOrDefault(partition, Long.MAX_VALUE);
    }

    /** Changes over: commits where the group leaves the one topic and where it enters the other, both at once. */
    private void move(Lane lane, Exit exit) {
        TopicPartition left = lane.reading();
        TopicPartition entered = new TopicPartition(exit.target(), lane.partition());
        Place place = exit.place(lane.place());
        OffsetAndMetadata earlier = lane.committedIn(exit.target());
        long begin = exit.begin(
                exit.target().equals(source),
                earlier == null ? null : earlier.offset(),
                consumer.beginningOffsets(List.of(entered)).getOrDefault(entered, 0L));
        OffsetAndMetadata leave = lane.processed(false);
        OffsetAndMetadata enter = new OffsetAndMetadata(begin, place.metadata());
        try {
            consumer.commitSync(Map.of(left, leave, entered, enter));
        } catch (RebalanceInProgressException | CommitFailedException e) {
            // Whoever has the partition afterwards changes it over.
            return;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "Partition {0} has left {1} at offset {2} and enters {3} at offset {4}.",
                String.valueOf(lane.partition()),
                left.topic(),
                String.valueOf(lane.position()),
                entered.topic(),
                String.valueOf(begin));
        noteCommitted(left, leave);
        noteCommitted(entered, enter);
        subscription.visit(left.topic());
        subscription.visit(entered.topic());
        consumer.pause(List.of(left));
        lane.begin(place, begin, begin);
        if (isOwned(lane)) {
            consumer.seek(entered, begin);
            consumer.resume(List.of(entered));
        }
    }

    /** Begins and ends what this member has. */
    private final class Assignments implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            try {
                tryToCommit(false);
            } finally {
                lanes.clear();
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "This member was silent for too long, and others have got its partitions. They read again what it has not committed.");
            lanes.clear();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            // Nothing is fetched before it is known which topic the group reads in each partition.
            lanes.clear();
            consumer.pause(consumer.assignment());
            isUnadopted = true;
        }
    }
}
