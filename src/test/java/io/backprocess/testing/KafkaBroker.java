package io.backprocess.testing;

import static java.util.Objects.requireNonNull;

import io.backprocess.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Kafka broker inside the test's JVM: {@code @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();}
 *
 * <p>One broker serves all test classes of a JVM; it starts with the first and ends with the JVM. Tests therefore name their
 * topics with {@link #unique}. What a test opens here is closed after its class, and transactions that killed batches have
 * left open are aborted: in a ledger that is shared they would hold other batches up.
 */
public final class KafkaBroker implements BeforeAllCallback, AfterAllCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicInteger NAMES = new AtomicInteger();

    /** From any thread: a revision of a test may open a transaction. */
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    /** Where it is, if it is not the shared one. */
    private final @Nullable String other;

    public KafkaBroker() {
        this(null);
    }

    private KafkaBroker(@Nullable String other) {
        this.other = other;
    }

    /** Another that runs already, for what needs no more of it than client properties. */
    public static KafkaBroker at(String bootstrapServers) {
        return new KafkaBroker(bootstrapServers);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        SharedBroker.KIT.clientProperties();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        for (AutoCloseable client : opened) {
            client.close();
        }
        opened.clear();
        List<String> open = SharedBroker.ADMIN
                .listTransactions(new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)))
                .all()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .stream()
                .map(TransactionListing::transactionalId)
                .toList();
        SharedBroker.ADMIN.fenceProducers(open).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** A name that no other test of this JVM has: {@code orders-17}. */
    public String unique(String name) {
        return name + "-" + NAMES.incrementAndGet();
    }

    public String bootstrapServers() {
        return other == null ? SharedBroker.KIT.bootstrapServers() : other;
    }

    /** Client properties that reach the broker, the caller's to change. */
    public Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers());
        return properties;
    }

    /** Returns the connection to the broker. */
    public KafkaClients clients() {
        return KafkaClients.of(properties());
    }

    public Admin admin() {
        return SharedBroker.ADMIN;
    }

    /**
     * When it returns, the topic can be written and read.
     *
     * @param configs topic configurations as {@code name=value}
     */
    public void createTopic(String name, int partitions, String... configs) {
        Map<String, String> settings = new HashMap<>();
        for (String config : configs) {
            String[] parts = config.split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        get(admin().createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                .all());
        awaitTopic(name, partitions);
    }

    /** When it returns, the topic's configuration says so. */
    public void configure(String topic, String name, String value) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        get(admin().incrementalAlterConfigs(Map.of(resource, List.of(set))).all());
        await(name + "=" + value + " of " + topic, () -> get(admin().describeConfigs(List.of(resource))
                        .all())
                .get(resource)
                .get(name)
                .value()
                .equals(value));
    }

    /** When it returns, a topic of the same name can be created. */
    public void deleteTopic(String name) {
        get(admin().deleteTopics(List.of(name)).all());
        await("the end of " + name, () -> !exists(name));
    }

    /** Until a topic that was created elsewhere can be used; creation returns earlier. */
    public void awaitTopic(String name, int partitions) {
        await("leaders for " + name, () -> hasLeaders(name, partitions));
    }

    private boolean hasLeaders(String topic, int partitions) {
        try {
            List<TopicPartitionInfo> found = get(admin().describeTopics(List.of(topic))
                            .allTopicNames())
                    .get(topic)
                    .partitions();
            // A leader that can say where its log ends is one that has opened it.
            return found.size() == partitions
                    && found.stream().allMatch(partition -> partition.leader() != null)
                    && !ends(topic, partitions).isEmpty();
        } catch (UnknownTopicOrPartitionException | LeaderNotAvailableException | NotLeaderOrFollowerException e) {
            return false;
        }
    }

    private Map<TopicPartition, ListOffsetsResultInfo> ends(String topic, int partitions) {
        return get(admin().listOffsets(IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartition(topic, partition))
                        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                .all());
    }

    public boolean exists(String topic) {
        return get(admin().listTopics().names()).contains(topic);
    }

    public int partitions(String topic) {
        return get(admin().describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
    }

    /** When it returns, the new partitions can be written and read. */
    public void addPartitions(String topic, int partitions) {
        get(admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all());
        awaitTopic(topic, partitions);
    }

    /** Deletes what stands before the offset, as retention does. */
    public void deleteRecordsBefore(String topic, int partition, long offset) {
        get(admin().deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
                .all());
    }

    /** Returns when the broker has all of them. */
    @SafeVarargs
    public final List<RecordMetadata> send(ProducerRecord<byte[], byte[]>... records) {
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : records) {
            all.add(record);
        }
        return send(all);
    }

    public List<RecordMetadata> send(Collection<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent =
                records.stream().map(SharedBroker.PRODUCER::send).toList();
        SharedBroker.PRODUCER.flush();
        return sent.stream().map(KafkaBroker::get).toList();
    }

    /**
     * In one transaction, which ends with a commit marker and so takes one offset more than there are records. When it returns,
     * read_committed consumers see them; the producer alone hears of its commit earlier.
     */
    public void sendAndCommit(Collection<ProducerRecord<byte[], byte[]>> records) {
        String id = unique("test");
        try (KafkaProducer<byte[], byte[]> producer = begin(id, records)) {
            producer.commitTransaction();
        }
        awaitEnd(id, TransactionState.COMPLETE_COMMIT);
    }

    /** In one transaction that is aborted: a gap in the offsets that read_committed consumers see. */
    public void sendAndAbort(Collection<ProducerRecord<byte[], byte[]>> records) {
        String id = unique("test");
        try (KafkaProducer<byte[], byte[]> producer = begin(id, records)) {
            producer.abortTransaction();
        }
        awaitEnd(id, TransactionState.COMPLETE_ABORT);
    }

    /** Until the markers stand in the partitions. */
    private void awaitEnd(String transactionalId, TransactionState end) {
        await(
                end + " of " + transactionalId,
                () -> get(admin().describeTransactions(List.of(transactionalId)).description(transactionalId))
                                .state()
                        == end);
    }

    /** In a transaction that stays open until the producer that comes back commits, aborts or is closed. */
    public KafkaProducer<byte[], byte[]> begin(Collection<ProducerRecord<byte[], byte[]>> records) {
        return begin(unique("test"), records);
    }

    /** The same by this transactional id; Kafka itself ends it after five minutes, when no test looks at it any more. */
    public KafkaProducer<byte[], byte[]> begin(
            String transactionalId, Collection<ProducerRecord<byte[], byte[]>> records) {
        Properties properties = properties();
        properties.setProperty("transactional.id", transactionalId);
        properties.setProperty("transaction.timeout.ms", "300000");
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        opened.add(producer);
        producer.initTransactions();
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
        producer.flush();
        sent.forEach(KafkaBroker::get);
        return producer;
    }

    /** All committed records of the topic: partition by partition, each in its order. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        readByPartition(topic).values().forEach(all::addAll);
        return all;
    }

    /** All committed records of the topic, each partition in its order; empty partitions have an empty list. */
    public Map<Integer, List<ConsumerRecord<byte[], byte[]>>> readByPartition(String topic) {
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> records = new TreeMap<>();
        IntStream.range(0, partitions(topic)).forEach(partition -> records.put(partition, new ArrayList<>()));
        forEach(topic, record -> records.get(record.partition()).add(record));
        return records;
    }

    /** All committed records of the topic, each partition in its order, without keeping them. */
    public void forEach(String topic, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        Properties properties = properties();
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("enable.auto.commit", "false");
        // A fetch that waits at the end would hold the closing up.
        properties.setProperty("fetch.max.wait.ms", "20");
        List<TopicPartition> partitions = IntStream.range(0, partitions(topic))
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            awaitConfirmedCommits(topic, consumer.endOffsets(partitions));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            // By position: the last offsets may be transaction markers, which are no records.
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(action);
            }
        }
    }

    /** A producer hears of its commit before the markers stand in the partitions, in each at its own time. */
    private void awaitConfirmedCommits(String topic, Map<TopicPartition, Long> committed) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        boolean open = get(admin().listOffsets(latest).all()).entrySet().stream()
                .anyMatch(end -> end.getValue().offset() > requireNonNull(committed.get(end.getKey())));
        if (open) {
            ListTransactionsOptions confirmed =
                    new ListTransactionsOptions().filterStates(List.of(TransactionState.PREPARE_COMMIT));
            await(
                    "the markers in " + topic,
                    () -> get(admin().listTransactions(confirmed).all()).isEmpty());
        }
    }

    /** Opens a consumer of committed records at the start of the partition; the caller closes it. */
    public KafkaConsumer<byte[], byte[]> readCommitted(String topic, int partition) {
        Properties properties = properties();
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("auto.offset.reset", "earliest");
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(new TopicPartition(topic, partition)));
        consumer.seekToBeginning(List.of(new TopicPartition(topic, partition)));
        return consumer;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        }
    }
}
