package io.backprocess.control;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.KafkaAdmin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Says which batches belong together, in the compacted topic {@code backprocess.batches} under {@code <batch-id>/set}. A batch is in
 * one set at most. The set is no part of the plan, so a batch can be put into one at any time.
 */
public final class SetStore {
    private static final String SUFFIX = "/set";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,100}");

    private final KafkaAdmin admin;

    public SetStore(KafkaAdmin admin) {
        this.admin = admin;
    }

    /**
     * A batch's place in a set.
     *
     * @param by the user who has put it there
     */
    record Member(String set, Instant at, String by) {}

    /** @throws BatchException of kind usage, if a set cannot have this name */
    public static void checkName(String set) {
        if (!NAME.matcher(set).matches()) {
            throw BatchException.usage(
                    "--set '%s' can only have letters, digits, '_' and '-', at most 100".formatted(set));
        }
    }

    /** Returns the sets of all batches that are in one, by batch id. A damaged entry counts as none. */
    public Map<String, String> all() {
        Map<String, String> sets = new TreeMap<>();
        if (admin.topicExists(TopicNames.BATCHES)) {
            admin.batches().readUncommitted(record -> take(record, sets));
        }
        return sets;
    }

    private static void take(ConsumerRecord<byte[], byte[]> record, Map<String, String> sets) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (!key.endsWith(SUFFIX)) {
            return;
        }
        String batchId = key.substring(0, key.length() - SUFFIX.length());
        sets.remove(batchId);
        if (record.value() != null) {
            try {
                String set =
                        StoredJson.parse(record, Member.class, reason -> reason).set();
                if (set != null) {
                    sets.put(batchId, set);
                }
            } catch (BatchException e) {
                // It was written by hand or by another version, and does not say which set was meant.
            }
        }
    }

    /**
     * Returns the batches of a set.
     *
     * @throws BatchException of kind usage, if there are none
     */
    public List<String> batches(String set) {
        return batches(set, all());
    }

    /**
     * Returns the batches of a set, given the sets of all batches.
     *
     * @throws BatchException of kind usage, if there are none
     */
    public static List<String> batches(String set, Map<String, String> all) {
        List<String> batches = all.entrySet().stream()
                .filter(each -> each.getValue().equals(set))
                .map(Map.Entry::getKey)
                .toList();
        if (batches.isEmpty()) {
            throw BatchException.usage(
                    all.isEmpty()
                            ? "there is no set '%s', and no batch is in any set; put batches into it with: batches --set %s --batch-id …"
                                    .formatted(set, set)
                            : "there is no set '%s'; the sets are: %s"
                                    .formatted(set, String.join(", ", new TreeSet<>(all.values()))));
        }
        return batches;
    }

    /**
     * Puts a batch into a set, and takes it out of the one that it was in.
     *
     * @param set null for none
     */
    public void put(String batchId, @Nullable String set, String by) {
        BatchesTopic.write(
                admin.clients(),
                batchId + SUFFIX,
                set == null ? null : PlanJson.write(new Member(set, Instant.now(), by)));
    }
}
