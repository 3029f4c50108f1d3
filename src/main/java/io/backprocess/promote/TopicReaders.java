package io.backprocess.promote;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.client.Place;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** Finds what depends on the topics of a batch: aliases, consumer groups and other batches. */
public final class TopicReaders {
    private final BatchPlan plan;
    private final Set<String> topics;
    private final KafkaAdmin admin;

    /** @param topics those of the batch's topics that are to be deleted */
    public TopicReaders(BatchPlan plan, Collection<String> topics, KafkaAdmin admin) {
        this.plan = plan;
        this.topics = Set.copyOf(topics);
        this.admin = admin;
    }

    /**
     * An alias that could be pointed back to the batch.
     *
     * @param resultTopic the topic that the alias points to now
     * @param rollbacks the number of rollbacks after which it would point to the batch
     */
    public record EarlierTarget(String alias, String resultTopic, int rollbacks) {}

    /**
     * The place of a consumer group in one of the topics.
     *
     * @param partitions the number of partitions in which it has committed an offset
     * @param unread the number of offsets that come after its own
     * @param members the number of its members, whichever topics they read
     * @param isReading whether it follows an alias by itself, and has not left the topic in all partitions
     */
    public record GroupPlace(String group, String topic, int partitions, long unread, int members, boolean isReading) {}

    /** @throws BatchException refused, if an alias points to the batch now */
    public void refusePointed(Collection<AliasTarget> aliases) {
        List<String> pointing =
                aliases.stream().filter(this::isBatch).map(AliasTarget::alias).toList();
        if (!pointing.isEmpty()) {
            throw BatchException.refused(
                    "%s is what %s %s to; point to another batch first: promote --alias %s --batch-id …"
                            .formatted(
                                    plan.spec().batchId(),
                                    pointing.stream()
                                            .map("alias '%s'"::formatted)
                                            .collect(Collectors.joining(" and ")),
                                    pointing.size() == 1 ? "points" : "point",
                                    pointing.get(0)));
        }
    }

    /** Returns the aliases that have pointed to the batch earlier. */
    public List<EarlierTarget> earlier(Collection<AliasTarget> aliases) {
        List<EarlierTarget> found = new ArrayList<>();
        for (AliasTarget now : aliases) {
            int rollbacks = 0;
            for (AliasTarget target = now; target != null; target = target.previous()) {
                if (rollbacks > 0 && isBatch(target)) {
                    found.add(new EarlierTarget(now.alias(), now.resultTopic(), rollbacks));
                    break;
                }
                rollbacks++;
            }
        }
        return found;
    }

    private boolean isBatch(AliasTarget target) {
        return target.batchId().equals(plan.spec().batchId());
    }

    /** Returns the consumer groups that this client may see and that have committed offsets in the topics. */
    public List<GroupPlace> groups() {
        Map<String, Map<Integer, Long>> ends = new HashMap<>();
        List<GroupPlace> places = new ArrayList<>();
        admin.groups().offsetsIn(topics).forEach((group, offsets) -> {
            int members = admin.groups().members(group);
            Map<String, Map<TopicPartition, Long>> byTopic = new TreeMap<>();
            offsets.forEach((partition, offset) -> byTopic.computeIfAbsent(partition.topic(), any -> new HashMap<>())
                    .put(partition, offset));
            byTopic.forEach((topic, own) -> {
                Map<Integer, Long> end = ends.computeIfAbsent(topic, admin::stableEnds);
                long unread = own.entrySet().stream()
                        .mapToLong(each ->
                                Math.max(0, end.getOrDefault(each.getKey().partition(), 0L) - each.getValue()))
                        .sum();
                places.add(new GroupPlace(group, topic, own.size(), unread, members, reads(group, topic)));
            });
        });
        return places;
    }

    private boolean reads(String group, String topic) {
        return admin.groups().offsetsByPartition(group).values().stream()
                .map(each -> Place.find(each, List.of()))
                .anyMatch(place -> place != null && place.topic().equals(topic));
    }

    /** Returns the other batches that read one of the topics. */
    public Map<String, BatchPlan> batches() {
        Map<String, BatchPlan> plans = new PlanStore(admin).all().readable(damaged -> {});
        plans.values().removeIf(other -> !topics.contains(other.spec().sourceTopic()));
        return plans;
    }
}
