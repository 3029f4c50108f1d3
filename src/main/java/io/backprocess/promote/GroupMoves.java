package io.backprocess.promote;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.client.Place;
import io.backprocess.kafka.KafkaAdmin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Translates the offsets of consumer groups to a batch's results: the new offset is that of the first result which does not come from
 * before what the group has read. A group that has read results of an earlier batch of the alias is translated from these, any other
 * one from the source.
 */
public final class GroupMoves {
    private final BatchPlan plan;
    private final KafkaAdmin admin;
    private final Map<Integer, Long> provenUpTo;
    private final ResultPlaces later;
    private final Map<Integer, Long> sourceEnds;
    private final @Nullable AliasTarget now;
    private final Map<String, ResultPlaces> earlier = new HashMap<>();
    private final Map<String, Map<Integer, Long>> ends = new HashMap<>();

    /**
     * @param provenUpTo the source offset up to which each partition is proven
     * @param now the current target of the alias; null for none
     * @throws BatchException refused, if the results of the batch cannot be matched to offsets of the source
     */
    public GroupMoves(BatchPlan plan, Map<Integer, Long> provenUpTo, @Nullable AliasTarget now, KafkaAdmin admin) {
        ResultPlaces.check(plan);
        this.plan = plan;
        this.provenUpTo = provenUpTo;
        this.now = now;
        this.admin = admin;
        this.later = new ResultPlaces(plan, admin);
        this.sourceEnds = admin.stableEnds(plan.spec().sourceTopic());
    }

    /**
     * Returns what becomes of the offsets of a group, by partition.
     *
     * @throws BatchException refused, if the group has members, has read nothing of this, or has read what the batch does not have
     */
    public List<MovedOffset> of(String group) {
        refuseActive(group, admin);
        List<MovedOffset> moved = new ArrayList<>();
        admin.groups().offsetsByPartition(group).forEach((partition, offsets) -> {
            // They are there already if an earlier run was killed before it moved the alias.
            OffsetAndMetadata there = offsets.remove(later.topic());
            Place place = Place.find(offsets, earlierTopics());
            OffsetAndMetadata offset = place == null ? null : offsets.get(place.topic());
            if (place != null && offset != null) {
                TopicPartition from = new TopicPartition(place.topic(), partition);
                MovedOffset move = move(group, from, offset, ends(from.topic()).getOrDefault(partition, 0L));
                refuseReading(move, there);
                moved.add(move);
            }
        });
        if (moved.isEmpty()) {
            throw BatchException.refused(
                    "group %s has committed no offset in %s, nor in an earlier target of the alias, so there is nothing to translate"
                            .formatted(group, plan.spec().sourceTopic()));
        }
        return moved;
    }

    /** Refuses a group that follows the alias by itself, and has read results. */
    private void refuseReading(MovedOffset move, @Nullable OffsetAndMetadata there) {
        if (there != null
                && there.offset() != move.newOffset()
                && Place.parse(there.metadata()).isPresent()) {
            throw BatchException.refused("group %s reads %s already, at offset %d of partition %d; leave it out"
                    .formatted(move.group(), later.topic(), there.offset(), move.partition()));
        }
    }

    private Map<Integer, Long> ends(String topic) {
        return topic.equals(plan.spec().sourceTopic()) ? sourceEnds : ends.computeIfAbsent(topic, admin::stableEnds);
    }

    /** Returns the topics that a group may have read before: those of the alias, the newest first, and the source. */
    private List<String> earlierTopics() {
        List<String> topics = new ArrayList<>();
        for (AliasTarget target = now; target != null; target = target.previous()) {
            if (!target.resultTopic().equals(later.topic())) {
                topics.add(target.resultTopic());
            }
        }
        topics.add(plan.spec().sourceTopic());
        return topics;
    }

    /** Tells whether a group has committed offsets in the source, or in results of an earlier batch of the alias. */
    public boolean hasRead(String group) {
        Set<String> topics = new HashSet<>(earlierTopics());
        return admin.groups().offsets(group).keySet().stream().anyMatch(each -> topics.contains(each.topic()));
    }

    /** @throws BatchException refused, if a group has members, since they would commit other offsets */
    static void refuseActive(String group, KafkaAdmin admin) {
        int members = admin.groups().members(group);
        if (members > 0) {
            throw BatchException.refused("group %s is active: it has %d %s; stop its consumers, then run the same again"
                    .formatted(group, members, members == 1 ? "member" : "members"));
        }
    }

    /**
     * Opens the results of the earlier target that a group has read.
     *
     * @return null if the topic is the source
     */
    private @Nullable ResultPlaces resultsIn(String group, String topic) {
        if (topic.equals(plan.spec().sourceTopic())) {
            return null;
        }
        for (AliasTarget target = now; target != null; target = target.previous()) {
            if (target.resultTopic().equals(topic)) {
                AliasTarget found = target;
                return earlier.computeIfAbsent(topic, any -> ResultPlaces.before(plan, found, admin));
            }
        }
        throw BatchException.refused(
                "group %s reads topic %s, which is no earlier target of the alias; let its consumers follow the alias first"
                        .formatted(group, topic));
    }

    private MovedOffset move(String group, TopicPartition from, OffsetAndMetadata committed, long end) {
        int partition = from.partition();
        ResultPlaces read = resultsIn(group, from.topic());
        long origin = read == null
                ? committed.offset()
                : read.reached(partition, committed.offset()).unread();
        long start = ResultPlaces.start(plan, partition);
        long proven = provenUpTo.getOrDefault(partition, 0L);
        if (origin < start || origin > proven) {
            throw BatchException.refused(
                    "group %s stands at offset %d of %s-%d, and %s has the results of offsets %d to %d; %s"
                            .formatted(
                                    group,
                                    origin,
                                    plan.spec().sourceTopic(),
                                    partition,
                                    plan.spec().batchId(),
                                    start,
                                    proven,
                                    origin < start
                                            ? "let the group read on, or use a batch that begins earlier"
                                            : "run the same again when the batch is proven further"));
        }
        long to = later.first(partition, origin);
        return new MovedOffset(
                group,
                partition,
                from.topic(),
                committed.offset(),
                origin,
                to,
                later.first(partition, proven) - to,
                Math.max(0, end - committed.offset()),
                later.end(partition) - to,
                plan.isFollowing() ? 0 : Math.max(0, sourceEnds.getOrDefault(partition, 0L) - proven),
                new GroupMove(group, partition, GroupMove.Committed.of(from.topic(), committed), to));
    }

    /** Commits the new offsets of a group. */
    public void commit(List<MovedOffset> moved) {
        GroupCommits commits = new GroupCommits();
        moved.forEach(each -> {
            GroupMove.Committed before = each.move().before();
            Place place = Place.parse(before.metadata() == null ? "" : before.metadata())
                    .orElseGet(() -> Place.in(before.topic(), each.origin()));
            // It tells consumers that follow the alias by themselves which topic the group reads.
            String metadata = place.moved(later.topic(), each.origin()).metadata();
            commits.add(
                    each.group(), later.topic(), each.partition(), new OffsetAndMetadata(each.newOffset(), metadata));
        });
        commits.commit(admin);
    }
}
