package io.backprocess.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** Checks from its configuration whether an existing topic would keep what a batch writes without changing or deleting it. */
public final class ExistingTopic {
    private static final String FOREVER = "-1";
    private static final String ANY_TIMESTAMP = String.valueOf(Long.MAX_VALUE);

    private final String topic;
    private final Map<String, String> config;
    private final Map<String, String> source;
    private final int headroom;

    /**
     * @param config the topic's configuration
     * @param source the source topic's configuration
     * @param headroom the number of bytes that a record may grow by
     */
    public ExistingTopic(String topic, Map<String, String> config, Map<String, String> source, int headroom) {
        this.topic = topic;
        this.config = config;
        this.source = source;
        this.headroom = headroom;
    }

    /** Returns one line for each way in which the topic would delete records, with what to do. */
    public List<String> retentionProblems() {
        List<String> problems = new ArrayList<>();
        String age = value(config, TopicConfig.RETENTION_MS_CONFIG, FOREVER);
        String cleanup = value(config, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        if (!FOREVER.equals(age) || !TopicConfig.CLEANUP_POLICY_DELETE.equals(cleanup)) {
            problems.add(
                    "topic %s exists and would delete records with old timestamps (retention.ms=%s, cleanup.policy=%s); set retention.ms=-1 and cleanup.policy=delete"
                            .formatted(topic, age, cleanup));
        }
        String size = value(config, TopicConfig.RETENTION_BYTES_CONFIG, FOREVER);
        if (!FOREVER.equals(size)) {
            problems.add(
                    "topic %s exists and would delete records when a partition holds more than %s bytes; set retention.bytes=-1"
                            .formatted(topic, size));
        }
        return problems;
    }

    /** Returns one line for each way in which the topic would change or reject timestamps, with what to do. */
    public List<String> timestampProblems() {
        List<String> problems = new ArrayList<>();
        String type = value(config, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        if (!type.equals("CreateTime")) {
            problems.add(
                    "topic %s exists and would replace the records' timestamps (message.timestamp.type=%s); set it to CreateTime"
                            .formatted(topic, type));
        }
        String before = value(config, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, ANY_TIMESTAMP);
        if (!before.equals(ANY_TIMESTAMP)) {
            problems.add(
                    "topic %s exists and rejects records that are more than %s ms old; set message.timestamp.before.max.ms=%s"
                            .formatted(topic, before, ANY_TIMESTAMP));
        }
        String after = value(config, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, ANY_TIMESTAMP);
        String sourceAfter = value(source, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, ANY_TIMESTAMP);
        if (Long.parseLong(after) < Long.parseLong(sourceAfter)) {
            problems.add(
                    "topic %s exists and rejects timestamps that are more than %s ms ahead, but the source takes %s; set message.timestamp.after.max.ms=%s"
                            .formatted(topic, after, sourceAfter, ANY_TIMESTAMP));
        }
        return problems;
    }

    /** Returns one line if the topic would reject records that the source takes, with what to do. */
    public List<String> sizeProblems() {
        List<String> problems = new ArrayList<>();
        int limit = Topics.maxMessageBytes(config);
        int needed = Topics.maxMessageBytes(source);
        if (limit < (long) needed + headroom) {
            problems.add(
                    "topic %s exists and takes records up to %d bytes, but needs %d (the source takes %d); raise max.message.bytes"
                            .formatted(topic, limit, (long) needed + headroom, needed));
        }
        return problems;
    }

    public boolean isCompacted() {
        return value(config, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE)
                .contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    }

    private static String value(Map<String, String> config, String name, String otherwise) {
        return config.getOrDefault(name, otherwise);
    }
}
