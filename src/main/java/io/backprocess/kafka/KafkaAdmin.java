package io.backprocess.kafka;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Kafka's Admin API for a batch: calls wait for the answer, and a failure says what to do. */
public final class KafkaAdmin implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;

    private final String bootstrapServers;
    private final Identity identity;
    private final Admin admin;

    /** @param kafka client properties with the bootstrap servers */
    public KafkaAdmin(Properties kafka) {
        bootstrapServers = kafka.getProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        identity = Identity.of(References.fetched(kafka));
        Properties properties = new Properties();
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS / 2);
        properties.putAll(kafka);
        try {
            admin = Admin.create(properties);
        } catch (KafkaException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            String message = String.valueOf(cause.getMessage());
            // Kafka's message repeats the text that it cannot parse, and that may be a part of the password.
            throw BatchException.unreachable(
                    "cannot connect to Kafka at %s: %s; check --bootstrap-servers and --command-config"
                            .formatted(
                                    bootstrapServers,
                                    message.contains("JAAS") ? "sasl.jaas.config is not well formed" : message),
                    e);
        }
    }

    /** Returns the Kafka principal that these client properties authenticate as. */
    public Identity identity() {
        return identity;
    }

    /** Returns the names of all topics that this client may see. */
    public Set<String> topics() {
        return get(admin.listTopics().names(), "list the topics", Right.cluster(DESCRIBE));
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
            return get(
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
        int broker = get(admin.describeCluster().nodes(), "list the brokers", Right.cluster(DESCRIBE))
                .iterator()
                .next()
                .id();
        return config(
                new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(broker)),
                Right.cluster(DESCRIBE_CONFIGS));
    }

    private Map<String, String> config(ConfigResource resource, Right right) {
        Map<String, String> values = new TreeMap<>();
        get(admin.describeConfigs(List.of(resource)).all(), "read the configuration of " + resource.name(), right)
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

    /** Returns, by partition, the producers that write in transactions or idempotently. */
    public Map<TopicPartition, List<ProducerState>> producers(Collection<TopicPartition> partitions) {
        Map<TopicPartition, List<ProducerState>> producers = new HashMap<>();
        String topic = partitions.iterator().next().topic();
        get(admin.describeProducers(partitions).all(), "describe the producers of " + topic, Right.topic(topic, READ))
                .forEach((partition, state) -> producers.put(partition, state.activeProducers()));
        return producers;
    }

    /** Returns the transactions of these producers that this client may see. */
    public Collection<TransactionListing> transactionsOf(Set<Long> producerIds) {
        return get(
                admin.listTransactions(new ListTransactionsOptions().filterProducerIds(producerIds))
                        .all(),
                "list the transactions of producers " + producerIds,
                Right.anyTransaction(DESCRIBE));
    }

    /** Describes transactions that {@link #transactionsOf} has found, by id; leaves out those that no longer exist. */
    public Map<String, TransactionDescription> transactions(Set<String> ids) {
        Map<String, TransactionDescription> found = new HashMap<>();
        DescribeTransactionsResult described = admin.describeTransactions(ids);
        for (String id : ids) {
            try {
                found.put(
                        id,
                        get(described.description(id), "describe transaction " + id, Right.anyTransaction(DESCRIBE)));
            } catch (BatchException e) {
                boolean unseen = e.getCause() instanceof TransactionalIdNotFoundException
                        || e.getCause() instanceof AuthorizationException;
                if (!unseen) {
                    throw e;
                }
            }
        }
        return found;
    }

    /** Tells whether this client may see every transaction, so that a transaction that it does not see does not exist. */
    public boolean seesAnyTransaction() {
        String nobodys = UUID.randomUUID().toString();
        try {
            get(
                    admin.describeTransactions(List.of(nobodys)).description(nobodys),
                    "describe transaction " + nobodys,
                    Right.anyTransaction(DESCRIBE));
            return true;
        } catch (BatchException e) {
            if (e.getCause() instanceof TransactionalIdNotFoundException) {
                return true;
            }
            if (e.getCause() instanceof AuthorizationException) {
                return false;
            }
            throw e;
        }
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
        return get(
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
                get(admin.describeCluster().nodes(), "list the brokers", Right.cluster(DESCRIBE)).stream()
                        .map(Node::id)
                        .toList();
        Map<Integer, Long> sizes = new TreeMap<>();
        get(admin.describeLogDirs(brokers).allDescriptions(), "read the sizes of logs", Right.cluster(DESCRIBE))
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
        Map<TopicPartition, ListOffsetsResultInfo> found = get(
                admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all(),
                "read the offsets of " + topic,
                Right.topic(topic, READ));
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().partition(), Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    }

    /** Creates the topics that do not exist yet. Another process may create them at the same time. */
    public void createTopics(Collection<NewTopic> topics) {
        Map<String, KafkaFuture<Void>> created = admin.createTopics(topics).values();
        created.forEach((topic, future) -> {
            try {
                get(future, "create topic " + topic, Right.topic(topic, CREATE));
            } catch (BatchException e) {
                // This client may not create topics, but another one may have created the topic.
                boolean there = e.getCause() instanceof TopicExistsException
                        || (e.getCause() instanceof AuthorizationException && topicExists(topic));
                if (!there) {
                    throw e;
                }
            }
        });
        topics.forEach(topic -> awaitLeaders(topic.name()));
    }

    /** Adds partitions to the topic until it has the given number; does nothing when it has as many or more. */
    public void growTo(String topic, int partitions) {
        if (partitions(topic) >= partitions) {
            return;
        }
        try {
            get(
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
        long deadline = System.nanoTime() + Duration.ofMillis(TIMEOUT_MS).toNanos();
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

    /** @throws BatchException refused, when this client may not describe transactions of such ids: Kafka would list none */
    public void checkTransactions(String prefix, Right right) {
        String id = prefix + "owner";
        try {
            get(admin.describeTransactions(List.of(id)).description(id), "describe transaction " + id, right);
        } catch (BatchException e) {
            if (!(e.getCause() instanceof TransactionalIdNotFoundException)) {
                throw e;
            }
        }
    }

    /** @throws BatchException refused, when this client may not read the group's offsets */
    public void checkGroup(String group, Right right) {
        get(
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                "read the offsets of consumer group " + group,
                right);
    }

    /** Tells whether this client may create a topic of that name. A topic that exists already does not change the answer. */
    public boolean mayCreate(String topic) {
        NewTopic asked = new NewTopic(topic, Optional.empty(), Optional.empty());
        try {
            get(
                    admin.createTopics(List.of(asked), new CreateTopicsOptions().validateOnly(true))
                            .all(),
                    "check whether topic " + topic + " could be created",
                    Right.topic(topic, CREATE));
        } catch (BatchException e) {
            // Any other answer means that the authorizer has allowed the request.
            return !(e.getCause() instanceof AuthorizationException);
        }
        return true;
    }

    /**
     * Returns the operations that the authorizer lets this client do with a topic: all of them when there is no authorizer,
     * empty when the topic does not exist.
     *
     * @throws BatchException refused, when this client may not describe the topic, whether it exists or not
     */
    public Optional<Set<AclOperation>> allowed(String topic) {
        try {
            TopicDescription description = get(
                            admin.describeTopics(
                                            List.of(topic),
                                            new DescribeTopicsOptions().includeAuthorizedOperations(true))
                                    .allTopicNames(),
                            "describe topic " + topic,
                            Right.topic(topic, READ))
                    .get(topic);
            Set<AclOperation> allowed = description == null ? null : description.authorizedOperations();
            return Optional.of(allowed == null ? EnumSet.allOf(AclOperation.class) : allowed);
        } catch (BatchException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
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

    /**
     * Returns the transactions with this prefix that have not ended, by transactional id.
     *
     * @param prefix ends with a dot
     */
    public Map<String, TransactionDescription> openTransactions(String prefix) {
        Right own = Right.transactions(prefix, WRITE);
        checkTransactions(prefix, own);
        ListTransactionsOptions open = new ListTransactionsOptions()
                .filterStates(List.of(
                        TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT));
        List<String> ids = get(admin.listTransactions(open).all(), "list the open transactions", own).stream()
                .map(TransactionListing::transactionalId)
                .filter(id -> id.startsWith(prefix))
                .toList();
        Map<String, TransactionDescription> found = new TreeMap<>(
                ids.isEmpty()
                        ? Map.of()
                        : get(admin.describeTransactions(ids).all(), "describe the transactions", own));
        // A transaction may have ended between the two requests.
        found.values()
                .removeIf(transaction -> transaction.state() != TransactionState.ONGOING
                        && transaction.state() != TransactionState.PREPARE_COMMIT
                        && transaction.state() != TransactionState.PREPARE_ABORT);
        return found;
    }

    /** Returns the oldest open transaction in the partition; empty when there is none, or when this client may not see it. */
    public Optional<OpenTransaction> oldestOpen(TopicPartition partition) {
        try {
            return producers(List.of(partition)).getOrDefault(partition, List.of()).stream()
                    .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                    .min(Comparator.comparingLong(
                            producer -> producer.currentTransactionStartOffset().getAsLong()))
                    .map(producer -> open(partition, producer));
        } catch (BatchException e) {
            if (e.kind() == BatchException.Kind.REFUSED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private OpenTransaction open(TopicPartition partition, ProducerState producer) {
        String name = transactionsOf(Set.of(producer.producerId())).stream()
                .map(TransactionListing::transactionalId)
                .findFirst()
                .orElse(null);
        Optional<TransactionDescription> known = name == null
                ? Optional.empty()
                : Optional.ofNullable(transactions(Set.of(name)).get(name));
        return new OpenTransaction(
                partition,
                producer.currentTransactionStartOffset().orElse(0),
                producer.producerId(),
                name,
                Instant.ofEpochMilli(known.filter(transaction ->
                                transaction.transactionStartTimeMs().isPresent())
                        .map(transaction -> transaction.transactionStartTimeMs().getAsLong())
                        .orElse(producer.lastTimestamp())),
                known.map(transaction -> Duration.ofMillis(transaction.transactionTimeoutMs()))
                        .orElse(null),
                Right.anyTransaction(DESCRIBE).command(identity));
    }

    /** Fences every producer that writes under these transactional ids, and aborts its open transactions. */
    public void fence(Collection<String> transactionalIds) {
        get(
                admin.fenceProducers(transactionalIds).all(),
                "fence " + transactionalIds,
                Right.transactions(Right.OWN, WRITE));
    }

    private <T> T get(KafkaFuture<T> future, String what, Right needed) {
        try {
            return future.get(TIMEOUT_MS + 2_000L, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while waiting for Kafka to " + what, e);
        } catch (TimeoutException e) {
            throw noAnswer(what, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof org.apache.kafka.common.errors.TimeoutException
                    || cause instanceof org.apache.kafka.common.errors.DisconnectException) {
                throw noAnswer(what, cause);
            }
            if (cause instanceof AuthorizationException) {
                throw BatchException.refused(needed.refusedTo(identity), cause);
            }
            if (cause instanceof AuthenticationException refusal) {
                throw notLetIn(bootstrapServers, refusal);
            }
            // Some of Kafka's exceptions have no message.
            String said = cause.getMessage() == null || cause.getMessage().isBlank()
                    ? cause.getClass().getSimpleName()
                    : cause.getMessage();
            throw BatchException.failed("Kafka could not %s: %s".formatted(what, said), cause);
        }
    }

    public static BatchException notLetIn(String bootstrapServers, AuthenticationException refusal) {
        return BatchException.unreachable(
                "Kafka at %s and this client do not accept each other: %s; check the credentials and certificates of --command-config"
                        .formatted(bootstrapServers, refusal.getMessage()),
                refusal);
    }

    private BatchException noAnswer(String what, Throwable cause) {
        return BatchException.unreachable(
                "Kafka at %s does not answer (to %s); check --bootstrap-servers, or start it (scripts/stack up)"
                        .formatted(bootstrapServers, what),
                cause);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
