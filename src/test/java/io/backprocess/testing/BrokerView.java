package io.backprocess.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The broker's view of a topic and of everything that is not Backprocess's own. If two views are equal, nothing of that was
 * touched.
 *
 * @param offsets of each partition, where it begins and ends
 * @param records a hash over every record's place, time, key, headers and value
 * @param committed by each consumer group but {@code backprocess.*}
 * @param transactionalIds but {@code backprocess.*}
 */
public record BrokerView(
        String topicId,
        SortedMap<String, String> config,
        SortedMap<Integer, List<Long>> offsets,
        String records,
        SortedMap<String, String> committed,
        SortedSet<String> transactionalIds,
        SortedSet<String> otherTopics,
        SortedSet<String> acls) {
    private static final String OWN = "backprocess.";

    public static BrokerView of(Properties administrator, String topic) {
        try (Admin admin = Admin.create(administrator)) {
            TopicDescription description =
                    get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            SortedMap<String, String> config = new TreeMap<>();
            for (ConfigEntry entry : get(admin.describeConfigs(List.of(resource))
                            .all())
                    .get(resource)
                    .entries()) {
                config.put(entry.name(), entry.value() + " by " + entry.source());
            }
            SortedMap<String, String> committed = new TreeMap<>();
            for (GroupListing group : get(admin.listGroups().all())) {
                if (!group.groupId().startsWith(OWN)) {
                    committed.put(
                            group.groupId(),
                            new TreeMap<>(Map.of(
                                            "offsets",
                                            get(admin.listConsumerGroupOffsets(group.groupId())
                                                            .partitionsToOffsetAndMetadata())
                                                    .entrySet()
                                                    .stream()
                                                    .map(String::valueOf)
                                                    .sorted()
                                                    .toList()))
                                    .toString());
                }
            }
            MessageDigest digest = sha256();
            SortedMap<Integer, List<Long>> offsets = read(administrator, topic, record -> hash(digest, record));
            return new BrokerView(
                    description.topicId().toString(),
                    config,
                    offsets,
                    HexFormat.of().formatHex(digest.digest()),
                    committed,
                    foreign(get(admin.listTransactions().all()).stream()
                            .map(TransactionListing::transactionalId)
                            .collect(Collectors.toSet())),
                    foreign(get(admin.listTopics().names()).stream()
                            .filter(other -> !other.startsWith(topic + "."))
                            .collect(Collectors.toSet())),
                    get(admin.describeAcls(AclBindingFilter.ANY).values()).stream()
                            .map(String::valueOf)
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    private static SortedSet<String> foreign(Collection<String> names) {
        return names.stream().filter(name -> !name.startsWith(OWN)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Reads so many records in a consumer group and commits. */
    public static void readAs(Properties administrator, String group, String topic, int records) {
        Properties properties = new Properties();
        properties.putAll(administrator);
        properties.setProperty("group.id", group);
        properties.setProperty("enable.auto.commit", "false");
        properties.setProperty("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(properties)) {
            consumer.subscribe(List.of(topic));
            int read = 0;
            while (read < records) {
                read += consumer.poll(Duration.ofMillis(100)).count();
            }
            consumer.commitSync();
        }
    }

    /** The keys, values and headers of all topics there are, also the broker's own, as text. */
    public static Map<String, String> everything(Properties administrator) {
        Map<String, String> all = new TreeMap<>();
        try (Admin admin = Admin.create(administrator)) {
            for (String topic : get(
                    admin.listTopics(new ListTopicsOptions().listInternal(true)).names())) {
                StringBuilder text = new StringBuilder();
                read(administrator, topic, record -> {
                    append(text, record.key());
                    append(text, record.value());
                    record.headers().forEach(header -> {
                        text.append(header.key());
                        append(text, header.value());
                    });
                });
                all.put(topic, text.toString());
            }
        }
        return all;
    }

    private static void append(StringBuilder text, byte[] bytes) {
        text.append(bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1))
                .append('\n');
    }

    private static SortedMap<Integer, List<Long>> read(
            Properties administrator, String topic, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        Properties properties = new Properties();
        properties.putAll(administrator);
        properties.setProperty("enable.auto.commit", "false");
        properties.setProperty("fetch.max.wait.ms", "20");
        SortedMap<Integer, List<Long>> offsets = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(properties)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            // One after the other, so that a hash over all is always the same.
            for (TopicPartition partition : partitions.stream()
                    .sorted(java.util.Comparator.comparingInt(TopicPartition::partition))
                    .toList()) {
                long start = starts.getOrDefault(partition, 0L);
                long end = ends.getOrDefault(partition, 0L);
                offsets.put(partition.partition(), List.of(start, end));
                consumer.assign(List.of(partition));
                consumer.seek(partition, start);
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofMillis(100)).forEach(taker);
                }
            }
        }
        return offsets;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Properties properties) {
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static void hash(MessageDigest digest, ConsumerRecord<byte[], byte[]> record) {
        digest.update("%s/%d/%d/%d"
                .formatted(record.topic(), record.partition(), record.offset(), record.timestamp())
                .getBytes(StandardCharsets.UTF_8));
        update(digest, record.key());
        update(digest, record.value());
        record.headers().forEach(header -> {
            digest.update(header.key().getBytes(StandardCharsets.UTF_8));
            update(digest, header.value());
        });
    }

    private static void update(MessageDigest digest, byte[] bytes) {
        digest.update((byte) (bytes == null ? 0 : 1));
        digest.update(bytes == null ? new byte[0] : bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
