package io.backprocess.kafka;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;

import io.backprocess.batch.BatchException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Kafka's Admin API for a batch: calls wait for the answer, and a failure says what to do. */
public final class KafkaAdmin implements AutoCloseable {
    /** Kafka refuses a request that would create ten thousand partitions, all its topics together. */
    private static final int MOST_IN_A_REQUEST = 5_000;

    private final KafkaClients clients;
    private final AdminCalls calls;
    private final Admin admin;
    private final BatchesReader batches;

    KafkaAdmin(KafkaClients clients) {
        this.clients = clients;
        calls = new AdminCalls(clients);
        admin = calls.admin();
        batches = new BatchesReader(clients);
    }

    /** Returns what opens further clients with the properties of this one. */
    public KafkaClients clients() {
        return clients;
    }

    /** Returns the reader of backprocess.batches, which keeps its consumers as long as this client is open. */
    public BatchesReader batches() {
        return batches;
    }

    /** Returns the requests about transactions. */
    public KafkaTransactions transactions() {
        return new KafkaTransactions(calls);
    }

    /** Returns the requests about consumer groups. */
    public KafkaGroups groups() {
        return new KafkaGroups(calls);
    }

    /** Returns the requests that find out what Kafka's authorizer lets this client do. */
    public KafkaRights rights() {
        return new KafkaRights(calls);
    }

    /** Returns the principal that this client authenticates as. */
    public KafkaPrincipal identity() {
        return calls.identity();
    }

    /** Returns the names of all topics that this client may see. */
    public Set<String> topics() {
        return calls.get(admin.listTopics().names(), "list the topics", Right.cluster(DESCRIBE));
    }

    public boolean topicExists(String topic) {
        return describe(topic) != null;
    }

    /** Returns the number of partitions, or 0 when the topic does not exist. */
    public int partitions(String topic) {
        TopicDescription description = describe(topic);
        return description == null ? 0 : description.partitions().size();
    }

    /**
     * Returns Kafka's id of the topic, or null when the topic does not exist. A topic that is made again under the same name
     * has another id.
     */
    public @Nullable String topicId(String topic) {
        TopicDescription description = describe(topic);
        return description == null || description.topicId().equals(Uuid.ZERO_UUID)
                ? null
                : description.topicId().toString();
    }

    /** Returns the number of copies that the topic keeps of each partition, or 1 when the topic does not exist. */
    public short replication(String topic) {
        TopicDescription description = describe(topic);
        return description == null
                ? 1
                : (short) description.partitions().stream()
                        .map(TopicPartitionInfo::replicas)
                        .mapToInt(List::size)
                        .max()
                        .orElse(1);
    }

    private @Nullable TopicDescription describe(String topic) {
        try {
            return calls.get(
                            admin.describeTopics(List.of(topic)).allTopicNames(),
                            "describe topic " + topic,
                            Right.topic(topic, READ))
                    .get(topic);
        } catch (BatchException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    /** Returns a topic's configuration, defaults included. */
    public Map<String, String> topicConfig(String topic) {
        return config(new ConfigResource(ConfigResource.Type.TOPIC, topic), Right.topic(topic, DESCRIBE_CONFIGS));
    }

    /** Returns the configuration of one broker of the cluster. */
    public Map<String, String> brokerConfig() {
        int broker = calls.get(admin.describeCluster().nodes(), "list the brokers", Right.cluster(DESCRIBE))
                .iterator()
                .next()
                .id();
        return config(
                new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(broker)),
                Right.cluster(DESCRIBE_CONFIGS));
    }

    private Map<String, String> config(ConfigResource resource, Right right) {
        Map<String, String> values = new TreeMap<>();
        calls
                .get(
                        admin.describeConfigs(List.of(resource)).all(),
                        "read the configuration of " + resource.name(),
                        right)
                .values()
                .stream()
                .map(Config::entries)
                .flatMap(Collection::stream)
                .filter(entry -> entry.value() != null)
                .forEach(entry -> values.put(entry.name(), entry.value()));
        return values;
    }

    /**
     * Returns offsets as a read_committed reader sees them: the latest offset is the last stable one.
     *
     * @return one entry per partition; its offset is -1 when no record is at or after the requested timestamp
     */
    public Map<Integer, ListOffsetsResultInfo> offsets(String topic, int partitions, OffsetSpec at) {
        return offsets(topic, partitions, at, IsolationLevel.READ_COMMITTED);
    }

    /** Returns offsets as a read_uncommitted reader sees them. */
    public Map<Integer, ListOffsetsResultInfo> uncommittedOffsets(String topic, int partitions, OffsetSpec at) {
        return offsets(topic, partitions, at, IsolationLevel.READ_UNCOMMITTED);
    }

    /**
     * Returns where each partition of the topic ends now for a read_committed reader; empty when the topic does not exist.
     */
    public Map<Integer, Long> stableEnds(String topic) {
        return ends(topic, IsolationLevel.READ_COMMITTED);
    }

    /** Returns where each partition of the topic ends for a read_uncommitted reader; empty when the topic does not exist. */
    public Map<Integer, Long> highWatermarks(String topic) {
        return ends(topic, IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<Integer, Long> ends(String topic, IsolationLevel isolation) {
        int partitions = partitions(topic);
        Map<Integer, Long> ends = new TreeMap<>();
        if (partitions > 0) {
            offsets(topic, partitions, OffsetSpec.latest(), isolation)
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    /** Returns where a partition ends for a read_uncommitted reader. */
    public long highWatermark(String topic, int partition) {
        TopicPartition end = new TopicPartition(topic, partition);
        return calls.get(
                        admin.listOffsets(
                                        Map.of(end, OffsetSpec.latest()),
                                        new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                                .partitionResult(end),
                        "read the end of " + end,
                        Right.topic(topic, READ))
                .offset();
    }

    /** Returns the bytes of each partition's log, of its largest copy. Needs the right to describe the cluster. */
    public Map<Integer, Long> logSizes(String topic) {
        List<Integer> brokers =
                calls.get(admin.describeCluster().nodes(), "list the brokers", Right.cluster(DESCRIBE)).stream()
                        .map(Node::id)
                        .toList();
        Map<Integer, Long> sizes = new TreeMap<>();
        calls
                .get(
                        admin.describeLogDirs(brokers).allDescriptions(),
                        "read the sizes of logs",
                        Right.cluster(DESCRIBE))
                .values()
                .stream()
                .flatMap(directories -> directories.values().stream())
                .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                .filter(replica -> replica.getKey().topic().equals(topic)
                        && !replica.getValue().isFuture())
                .forEach(replica -> sizes.merge(
                        replica.getKey().partition(), replica.getValue().size(), Math::max));
        return sizes;
    }

    private Map<Integer, ListOffsetsResultInfo> offsets(
            String topic, int partitions, OffsetSpec at, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            wanted.put(new TopicPartition(topic, partition), at);
        }
        Map<TopicPartition, ListOffsetsResultInfo> found = calls.get(
                admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all(),
                "read the offsets of " + topic,
                Right.topic(topic, READ));
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().partition(), Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    }

    /** Creates the topics that do not exist yet. Another process may create them at the same time. */
    public void createTopics(Collection<NewTopic> topics) {
        int partitions = topics.stream().mapToInt(NewTopic::numPartitions).sum();
        if (partitions <= MOST_IN_A_REQUEST) {
            request(topics);
        } else {
            topics.forEach(topic -> request(List.of(topic)));
        }
        topics.forEach(topic -> awaitLeaders(topic.name()));
    }

    private void request(Collection<NewTopic> topics) {
        Map<String, KafkaFuture<Void>> created = admin.createTopics(topics).values();
        created.forEach((topic, future) -> {
            try {
                calls.get(future, "create topic " + topic, Right.topic(topic, CREATE));
            } catch (BatchException e) {
                // This client may not create topics, but another one may have created the topic.
                boolean there = e.getCause() instanceof TopicExistsException
                        || (e.getCause() instanceof AuthorizationException && topicExists(topic));
                if (!there) {
                    throw e;
                }
            }
        });
    }

    /** Adds partitions to the topic until it has the given number; does nothing when it has as many or more. */
    public void growTo(String topic, int partitions) {
        if (partitions(topic) >= partitions) {
            return;
        }
        try {
            calls.get(
                    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                            .all(),
                    "add partitions to topic " + topic,
                    Right.topic(topic, ALTER));
        } catch (BatchException e) {
            // Another process may have added them at the same time.
            if (partitions(topic) < partitions) {
                throw e;
            }
        }
        awaitLeaders(topic);
    }

    /** Waits for the topic's leaders. Kafka confirms a topic a moment before every broker knows it. */
    private void awaitLeaders(String topic) {
        long deadline = System.nanoTime() + AdminCalls.TIMEOUT.toNanos();
        while (!hasLeaders(topic)) {
            if (System.nanoTime() > deadline) {
                throw BatchException.failed(
                        "topic %s was created, but its partitions have no leaders yet; try again".formatted(topic));
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private boolean hasLeaders(String topic) {
        try {
            TopicDescription description = describe(topic);
            return description != null
                    && description.partitions().stream().allMatch(partition -> partition.leader() != null)
                    && !topicConfig(topic).isEmpty()
                    && !offsets(topic, description.partitions().size(), OffsetSpec.latest())
                            .isEmpty();
        } catch (BatchException e) {
            if (e.kind() == BatchException.Kind.FAILED) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Deletes topics with all their records, and waits until they are gone. Another process may delete them at the same time.
     *
     * @throws BatchException refused, when this client may not
     */
    public void deleteTopics(Collection<String> topics) {
        admin.deleteTopics(topics).topicNameValues().forEach((topic, future) -> {
            try {
                calls.get(future, "delete topic " + topic, Right.topic(topic, DELETE));
            } catch (BatchException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        });
        long deadline = System.nanoTime() + AdminCalls.TIMEOUT.toNanos();
        while (topics.stream().anyMatch(this::topicExists)) {
            if (System.nanoTime() > deadline) {
                throw BatchException.failed(
                        "Kafka has not deleted all of %s yet; run the same again".formatted(String.join(", ", topics)));
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    /**
     * Waits until readers see what was committed, so that the next command sees it too. When the transaction of another
     * process blocks readers, this gives up after {@code patience} and returns.
     *
     * @param written the last offset written to each partition
     * @param patience the longest time to wait
     */
    public void awaitVisible(Map<TopicPartition, Long> written, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!isVisible(written) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private boolean isVisible(Map<TopicPartition, Long> written) {
        return written.keySet().stream().map(TopicPartition::topic).distinct().allMatch(topic -> {
            Map<Integer, Long> ends = stableEnds(topic);
            return written.entrySet().stream()
                    .filter(last -> last.getKey().topic().equals(topic))
                    .allMatch(last -> ends.getOrDefault(last.getKey().partition(), 0L) > last.getValue());
        });
    }

    @Override
    public void close() {
        try {
            batches.close();
        } finally {
            calls.close();
        }
    }
}
