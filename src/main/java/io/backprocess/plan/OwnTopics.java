package io.backprocess.plan;

import io.backprocess.batch.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Checks {@code backprocess.batches} and {@code backprocess.ledger} when they exist already: would they delete what a batch
 * needs? Kafka's default is to delete a topic's records after a week.
 */
final class OwnTopics {
    /** Kafka's own default limit. A plan of 30 000 partitions takes more than half of it. */
    private static final int ROOM = 1024 * 1024;

    private OwnTopics() {}

    /**
     * Returns one line for each problem, with what to do.
     *
     * @param batches the configuration of {@code backprocess.batches}; empty when it does not exist
     * @param ledger the configuration of {@code backprocess.ledger}; empty when it does not exist
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
            problems.add("topic %s would lose %s (%s); correct it with: %s"
                    .formatted(topic, holds, entries(wrong, ", "), Topics.alter(topic, entries(right, ","))));
        }
        if (Topics.maxMessageBytes(config) < ROOM) {
            problems.add("topic %s takes records up to %d bytes, which is too few for %s; correct it with: %s"
                    .formatted(
                            topic,
                            Topics.maxMessageBytes(config),
                            holds,
                            Topics.alter(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + 16 * ROOM)));
        }
    }

    private static String entries(Map<String, String> config, String between) {
        List<String> entries = new ArrayList<>();
        // The tool needs square brackets, because it reads a comma as the start of the next setting.
        config.forEach((name, value) -> entries.add(name + "=" + (value.contains(",") ? "[" + value + "]" : value)));
        return String.join(between, entries);
    }
}
