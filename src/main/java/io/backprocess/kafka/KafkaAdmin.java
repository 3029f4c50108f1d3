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

/** Kafka's Admin API as a batch needs it: it waits, and fails in words. */
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
            // What Kafka does not understand there it repeats, and that may be a part of the password.
            throw BatchException.unreachable(
                    "cannot connect to Kafka at %s: %s; check --bootstrap-servers and --command-config"
                            .formatted(
                                    bootstrapServers,
                                    message.contains("JAAS") ? "sasl.jaas.config is not well formed" : message),
                    e);
        }
    }

    /** Whom Kafka takes this client for. */
    public Identity identity() {
        return identity;
    }

    /** The names of all topics that may be seen. */
    public Set<String> topics() {
        return get(admin.listTopics().names(), "list the topics", Right.cluster(DESCRIBE));
    }

    public boolean topicExists(String topic) {
        return describe(topic) != null;
    }

    /** The number of partitions, or 0 where there is no such topic. */
    public int partitions(String topic) {
        TopicDescription description = describe(topic);
        return description == null ? 0 : description.partitions().size();
    }

    /** Kafka's own id of this very topic: one made again under the same name has another. Null where there is none. */
    public @Nullable String topicId(String topic) {
        TopicDescription description = describe(topic);
        return description == null || description.topicId().equals(Uuid.ZERO_UUID)
                ? null
                : description.topicId().toString();
    }

    /** How many copies the topic keeps of each partition, 1 where there is no such topic. */
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

    /** A topic's configuration, defaults included. */
    public Map<String, String> topicConfig(String topic) {
        return config(new ConfigResource(ConfigResource.Type.TOPIC, topic), Right.topic(topic, DESCRIBE_CONFIGS));
    }

    /** The configuration of one broker of the cluster. */
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
     * Offsets as a read_committed reader sees them: the latest is the last stable one.
     *
     * @return one entry per partition; the offset is -1 where no record is as young as the timestamp asked for
     */
    public Map<Integer, ListOffsetsResultInfo> offsets(String topic, int partitions, OffsetSpec at) {
        return offsets(topic, partitions, at, IsolationLevel.READ_COMMITTED);
    }

    /** The same for those who read uncommitted records too. */
    public Map<Integer, ListOffsetsResultInfo> uncommittedOffsets(String topic, int partitions, OffsetSpec at) {
        return offsets(topic, partitions, at, IsolationLevel.READ_UNCOMMITTED);
    }

    /** Who writes to the partitions in transactions or idempotently, by partition. */
    public Map<TopicPartition, List<ProducerState>> producers(Collection<TopicPartition> partitions) {
        Map<TopicPartition, List<ProducerState>> producers = new HashMap<>();
        String topic = partitions.iterator().next().topic();
        get(admin.describeProducers(partitions).all(), "describe the producers of " + topic, Right.topic(topic, READ))
                .forEach((partition, state) -> producers.put(partition, state.activeProducers()));
        return producers;
    }

    /** Those transactions of producers that this client may see. */
    public Collection<TransactionListing> transactionsOf(Set<Long> producerIds) {
        return get(
                admin.listTransactions(new ListTransactionsOptions().filterProducerIds(producerIds))
                        .all(),
                "list the transactions of producers " + producerIds,
                Right.anyTransaction(DESCRIBE));
    }

    /** Of ids that {@link #transactionsOf} has told; without those that are gone since. */
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

    /** Whether this client may see every transaction, so that one it does not see is not there. */
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

    /** Where each partition of the topic ends now for a read_committed reader; empty where there is no such topic. */
    public Map<Integer, Long> stableEnds(String topic) {
        return ends(topic, IsolationLevel.READ_COMMITTED);
    }

    /** Where each partition of the topic ends for those who read uncommitted records too; empty where there is no such topic. */
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

    /** Where a partition ends for those who read uncommitted records too. */
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

    /** The bytes of each partition's log, of its largest copy. Needs the right to describe the cluster. */
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

    /** Creates what does not exist yet; somebody else may be creating it at the same time. */
    public void createTopics(Collection<NewTopic> topics) {
        Map<String, KafkaFuture<Void>> created = admin.createTopics(topics).values();
        created.forEach((topic, future) -> {
            try {
                get(future, "create topic " + topic, Right.topic(topic, CREATE));
            } catch (BatchException e) {
                // Somebody who may create topics may have made it for one who may not.
                boolean there = e.getCause() instanceof TopicExistsException
                        || (e.getCause() instanceof AuthorizationException && topicExists(topic));
                if (!there) {
                    throw e;
                }
            }
        });
        topics.forEach(topic -> awaitLeaders(topic.name()));
    }

    /** Makes the topic grow to so many partitions, unless it has as many. */
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
            // Somebody else may have done it at the same time.
            if (partitions(topic) < partitions) {
                throw e;
            }
        }
        awaitLeaders(topic);
    }

    /** Kafka confirms a topic a moment before every broker knows it. */
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

    /** @throws BatchException refused, when transactions of such ids may not even be looked at: Kafka would list none */
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

    /** The same of a consumer group. */
    public void checkGroup(String group, Right right) {
        get(
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
                "look at consumer group " + group,
                right);
    }

    /** Whether a topic of that name could be created; that there is one already is no hindrance. */
    public boolean mayCreate(String topic) {
        NewTopic asked = new NewTopic(topic, Optional.empty(), Optional.empty());
        try {
            get(
                    admin.createTopics(List.of(asked), new CreateTopicsOptions().validateOnly(true))
                            .all(),
                    "ask whether topic " + topic + " could be created",
                    Right.topic(topic, CREATE));
        } catch (BatchException e) {
            // Any other answer comes from behind the authorizer.
            return !(e.getCause() instanceof AuthorizationException);
        }
        return true;
    }

    /**
     * What the authorizer lets this client do with a topic; everything where there is no authorizer, nothing where there is no
     * such topic.
     *
     * @throws BatchException refused, when it may not even be looked at, whether it exists or not
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
     * Until readers see what was committed, so that who looks next sees it too. Where somebody else's transaction is in the way
     * it is given up after so long.
     *
     * @param written the last offset of each partition
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
     * Transactions that are not ended, of ids that begin so.
     *
     * @param prefix that ends with a dot
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
        // It may have ended between the two looks.
        found.values()
                .removeIf(transaction -> transaction.state() != TransactionState.ONGOING
                        && transaction.state() != TransactionState.PREPARE_COMMIT
                        && transaction.state() != TransactionState.PREPARE_ABORT);
        return found;
    }

    /** The oldest transaction that is open in the partition; empty where there is none, or this client may not look. */
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

    /** Shuts out whoever writes under these transactional ids, and aborts what they have open. */
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
            // Kafka leaves some without words.
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
