package io.backprocess.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** Shared by all ways: the settings of Kafka's clients, which are those of a batch, and the topics of a result. */
final class Clients {
    static final int THREADS = 2;

    private Clients() {}

    /** Returns the consumer settings of a batch. */
    static Properties consumer(String bootstrapServers) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("enable.auto.commit", "false");
        properties.setProperty("max.poll.records", "1000");
        properties.setProperty("max.partition.fetch.bytes", "4194304");
        properties.setProperty("fetch.min.bytes", "65536");
        properties.setProperty("fetch.max.wait.ms", "100");
        properties.setProperty("receive.buffer.bytes", "1048576");
        return properties;
    }

    /** Returns the producer settings of a batch. */
    static Properties producer(String bootstrapServers) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        properties.setProperty("compression.type", "lz4");
        properties.setProperty("batch.size", "262144");
        properties.setProperty("linger.ms", "1000");
        properties.setProperty("buffer.memory", "134217728");
        properties.setProperty("transaction.timeout.ms", "900000");
        return properties;
    }

    static List<TopicPartition> partitions(Admin admin, String topic) throws Exception {
        TopicDescription description =
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        return IntStream.range(0, description.partitions().size())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    static Map<TopicPartition, Long> ends(Admin admin, String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions(admin, topic).forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** Creates topics for results, with as many partitions as the source; retention must not delete old timestamps. */
    static void createTopics(String bootstrapServers, String source, String... topics) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(properties)) {
            int partitions = partitions(admin, source).size();
            for (String topic : topics) {
                NewTopic created = new NewTopic(topic, partitions, (short) 1)
                        .configs(Map.of("retention.ms", "-1", "max.message.bytes", "16777216"));
                admin.createTopics(List.of(created)).all().get();
            }
        }
    }
}
