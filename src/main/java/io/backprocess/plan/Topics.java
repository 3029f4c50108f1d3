package io.backprocess.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.config.TopicConfig;

/** The topics of a batch and of all batches: how they are made, and what an existing one must be like. */
public final class Topics {
    /** Plans, compacted, by batch id. */
    public static final String BATCHES = "backprocess.batches";
    /** What was done, line by line. A batch has all its lines in one partition, so that only few batches share one. */
    public static final String LEDGER = "backprocess.ledger";

    static final int LEDGER_PARTITIONS = 16;
    static final int MAX_PARTITIONS = 32_768;

    /** A dead letter carries its context in headers, and whatever fitted compressed must fit here too. */
    private static final int HEADROOM_BYTES = 1024 * 1024;

    private static final int SMALLEST_LIMIT_BYTES = 16 * 1024 * 1024;

    private final KafkaAdmin kafka;

    public Topics(KafkaAdmin kafka) {
        this.kafka = kafka;
    }

    /** Creates what is missing. */
    public void create(BatchPlan plan) {
        String source = plan.spec().sourceTopic();
        int partitions = plan.ranges().size();
        short replication = kafka.replication(source);
        int sourceLimit = Integer.parseInt(
                kafka.topicConfig(source).getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1048588"));
        int results = (int) Math.min(
                Integer.MAX_VALUE - 2L * HEADROOM_BYTES,
                Math.max(SMALLEST_LIMIT_BYTES, (long) sourceLimit + HEADROOM_BYTES));
        kafka.createTopics(List.of(
                new NewTopic(BATCHES, 1, replication)
                        .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)),
                new NewTopic(LEDGER, LEDGER_PARTITIONS, replication).configs(kept(SMALLEST_LIMIT_BYTES)),
                new NewTopic(plan.spec().resultTopic(), partitions, replication).configs(kept(results)),
                new NewTopic(plan.spec().deadLetterTopic(), partitions, replication)
                        .configs(kept(results + HEADROOM_BYTES))));
    }

    /** Never deleted by age, since results carry old timestamps; and any timestamp is taken, as the source took it. */
    private static Map<String, String> kept(int maxMessageBytes) {
        Map<String, String> config = new TreeMap<>();
        config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        config.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
        config.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(maxMessageBytes));
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        config.put(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, String.valueOf(Long.MAX_VALUE));
        config.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, String.valueOf(Long.MAX_VALUE));
        return config;
    }

    /** How large a batch of one result may be. */
    public int maxResultBytes(BatchPlan plan) {
        return Integer.parseInt(kafka.topicConfig(plan.spec().resultTopic())
                .getOrDefault(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1048588"));
    }

    /** Why existing topics cannot be this new batch's. */
    List<String> problems(BatchPlan plan) {
        List<String> problems = new ArrayList<>();
        for (String topic : List.of(plan.spec().resultTopic(), plan.spec().deadLetterTopic())) {
            int partitions = kafka.partitions(topic);
            if (partitions > 0) {
                problems.addAll(problems(topic, partitions, plan.ranges().size()));
            }
        }
        return problems;
    }

    private List<String> problems(String topic, int partitions, int wanted) {
        List<String> problems = new ArrayList<>();
        if (partitions != wanted) {
            problems.add(
                    "topic %s exists with %d partitions, but the source has %d; choose another --batch-id or delete it"
                            .formatted(topic, partitions, wanted));
        }
        Map<Integer, ListOffsetsResultInfo> ends = kafka.offsets(topic, partitions, OffsetSpec.latest());
        if (ends.values().stream().anyMatch(end -> end.offset() > 0)) {
            problems.add(
                    "topic %s exists and holds records of something else; choose another --batch-id".formatted(topic));
        }
        Map<String, String> config = kafka.topicConfig(topic);
        if (!"-1".equals(config.get(TopicConfig.RETENTION_MS_CONFIG))
                || !TopicConfig.CLEANUP_POLICY_DELETE.equals(config.get(TopicConfig.CLEANUP_POLICY_CONFIG))) {
            problems.add(
                    "topic %s exists and would delete records with old timestamps; set retention.ms=-1 and cleanup.policy=delete"
                            .formatted(topic));
        }
        return problems;
    }
}
