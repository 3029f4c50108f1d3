package io.backprocess.kafka;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Opens clients of one Kafka with the user's client properties. The caller closes what it opens. This object itself holds the
 * properties and no open client, so it can travel with a job. The properties may hold secrets, so its text shows only where
 * Kafka is.
 */
public final class KafkaClients implements Serializable {
    private static final long serialVersionUID = 1;

    private final Properties properties;

    private KafkaClients(Properties properties) {
        this.properties = properties;
    }

    /** @param properties client properties with the bootstrap servers */
    public static KafkaClients of(Properties properties) {
        return new KafkaClients(copy(properties));
    }

    private static Properties copy(Properties properties) {
        Properties copy = new Properties();
        copy.putAll(properties);
        return copy;
    }

    /** Returns these clients with a property that takes the place of the user's. */
    public KafkaClients with(String name, Object value) {
        Properties changed = properties();
        changed.put(name, value);
        return new KafkaClients(changed);
    }

    /** Returns these clients with a property that applies if the user has not set it. */
    public KafkaClients withDefault(String name, Object value) {
        Properties changed = properties();
        changed.putIfAbsent(name, value);
        return new KafkaClients(changed);
    }

    /** Returns these clients without a property, even if the user has set it. */
    public KafkaClients without(String name) {
        Properties changed = properties();
        changed.remove(name);
        return new KafkaClients(changed);
    }

    /** Returns these clients with consumers that take a limited number of bytes into the heap at each poll. */
    public KafkaClients withBoundedPolls() {
        Properties changed = properties();
        BoundedPoll.bound(changed);
        return new KafkaClients(changed);
    }

    /** Returns these clients with consumers whose records pass a gate first. */
    public KafkaClients withGate(PollGate gate) {
        Properties changed = properties();
        BoundedPoll.intercept(changed, PollGate.Interceptor.class);
        changed.put(PollGate.PROPERTY, gate);
        return new KafkaClients(changed);
    }

    /** Returns a copy of the properties, for Flink's connectors, which build their clients themselves. */
    public Properties properties() {
        return copy(properties);
    }

    /**
     * Returns the properties that begin with a prefix, by the rest of their names. References in them are resolved in this
     * process, so the values may be secrets.
     *
     * @throws io.backprocess.batch.BatchException usage, when the target of a reference in the properties is missing
     */
    public Map<String, String> propertiesBelow(String prefix) {
        Properties fetched = References.fetched(properties);
        return fetched.stringPropertyNames().stream()
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toMap(name -> name.substring(prefix.length()), fetched::getProperty));
    }

    public String bootstrapServers() {
        return properties.getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
    }

    public KafkaAdmin openAdmin() {
        return new KafkaAdmin(this);
    }

    /** Opens Kafka's own admin client, for callers that handle its failures themselves. */
    public Admin openPlainAdmin() {
        int timeout = (int) AdminCalls.TIMEOUT.toMillis();
        return Admin.create(shortLived()
                .withDefault(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout)
                .withDefault(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout / 2)
                .properties);
    }

    /**
     * Opens a consumer that only inspects topics: it joins no group and commits no offsets.
     *
     * @param isolation {@code read_committed} or {@code read_uncommitted}
     * @param reset what to do when the wanted offset has been deleted: go on at the {@code earliest}, or fail with {@code
     *     none}
     */
    public KafkaConsumer<byte[], byte[]> openConsumer(String isolation, String reset) {
        // The properties name the deserializers. Others, passed to the constructor, would undo BoundedPoll.
        return new KafkaConsumer<>(ofConsumer(isolation, reset));
    }

    Properties ofConsumer(String isolation, String reset) {
        return shortLived()
                // At the end, a fetch that waits for more would only delay closing: by default half a second each time.
                .withDefault(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20")
                .without(ConsumerConfig.GROUP_ID_CONFIG)
                .with(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false")
                .with(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false")
                .with(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation)
                .with(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reset)
                .withBoundedPolls()
                .properties();
    }

    /** Opens a producer that writes records as they are. */
    public KafkaProducer<byte[], byte[]> openProducer() {
        return new KafkaProducer<>(shortLived().properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Returns these clients without JMX beans and without metrics that they push to the broker, unless the user wants them.
     * Both cost more than the few requests of a client that lives for seconds, and last too short a time to be read.
     */
    private KafkaClients shortLived() {
        return withDefault(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "")
                .withDefault(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");
    }

    /** Returns the principal that these clients authenticate as. */
    KafkaPrincipal principal() {
        return KafkaPrincipal.of(References.fetched(properties));
    }

    /** @throws io.backprocess.batch.BatchException usage, when the target of a reference in the properties is missing */
    public void checkReferences() {
        References.check(properties);
    }

    @Override
    public String toString() {
        return "Kafka at " + bootstrapServers();
    }
}
