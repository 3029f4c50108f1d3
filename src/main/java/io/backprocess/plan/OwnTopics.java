package io.backprocess.plan;

import io.backprocess.batch.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Why {@code backprocess.batches} or {@code backprocess.ledger}, where it was made beforehand, would forget what a batch needs: Kafka
 * makes topics that delete their records after a week.
 */
final class OwnTopics {
    /** Kafka's own default; a plan of 30 000 partitions takes more than half of it. */
    private static final int ROOM = 1024 * 1024;

    private OwnTopics() {}

    /**
     * @param batches the configuration of {@code backprocess.batches}; empty where it does not exist
     * @param ledger likewise
     */
    static List<String> problems(Map<String, String> batches, Map<String, String> ledger) {
        List<String> problems = new ArrayList<>();
        if (!batches.isEmpty()) {
            check(
                    TopicNames.BATCHES,
                    batches,
                    Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT),
                    "plans and marks",
                    problems);
        }
        if (!ledger.isEmpty()) {
            check(
                    TopicNames.LEDGER,
                    ledger,
                    Map.of(
                            TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                            TopicConfig.RETENTION_MS_CONFIG, "-1",
                            TopicConfig.RETENTION_BYTES_CONFIG, "-1"),
                    "what batches have done",
                    problems);
        }
        return problems;
    }

    private static void check(
            String topic, Map<String, String> config, Map<String, String> needed, String holds, List<String> problems) {
        Map<String, String> wrong = new TreeMap<>();
        Map<String, String> right = new TreeMap<>();
        new TreeMap<>(needed).forEach((name, value) -> {
            if (!value.equals(config.getOrDefault(name, value))) {
                wrong.put(name, config.get(name));
                right.put(name, value);
            }
        });
        if (!wrong.isEmpty()) {
            problems.add("topic %s would lose %s (%s); set it right with: %s"
                    .formatted(topic, holds, entries(wrong, ", "), Topics.alter(topic, entries(right, ","))));
        }
        if (Topics.maxMessageBytes(config) < ROOM) {
            problems.add("topic %s takes records up to %d bytes, which is too few for %s; set it right with: %s"
                    .formatted(
                            topic,
                            Topics.maxMessageBytes(config),
                            holds,
                            Topics.alter(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + 16 * ROOM)));
        }
    }

    private static String entries(Map<String, String> config, String between) {
        List<String> entries = new ArrayList<>();
        // Square brackets, as the tool takes commas for the next setting.
        config.forEach((name, value) -> entries.add(name + "=" + (value.contains(",") ? "[" + value + "]" : value)));
        return String.join(between, entries);
    }
}
