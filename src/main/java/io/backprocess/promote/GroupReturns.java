package io.backprocess.promote;

import io.backprocess.batch.BatchPlan;
import io.backprocess.client.Place;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Takes the groups that a pointer has moved back to where they came from. A group that has read nothing since gets the offset that it
 * had, with its metadata. One that has read results goes back to the place of the first result that it has not read.
 */
public final class GroupReturns {
    private final AliasTarget now;
    private final KafkaAdmin admin;
    private final Map<String, ResultPlaces> earlier = new HashMap<>();

    /** @param now the target of the alias, which says which groups it has moved */
    public GroupReturns(AliasTarget now, KafkaAdmin admin) {
        this.now = now;
        this.admin = admin;
    }

    /**
     * The way back of one offset.
     *
     * @param from the offset that the group has committed in the results; null if it has none there any more
     * @param to the offset that it gets in the topic that it came from
     * @param isHalfRead whether it has read some results of a source record and not all, so that it reads that event again
     */
    public record ReturnedOffset(
            String group, int partition, @Nullable Long from, GroupMove.Committed to, boolean isHalfRead) {}

    /**
     * Returns the way back of each offset that was moved.
     *
     * @throws io.backprocess.batch.BatchException refused, if a group has members
     */
    public List<ReturnedOffset> all() {
        List<GroupMove> moves = now.groups() == null ? List.of() : now.groups();
        if (moves.isEmpty()) {
            return List.of();
        }
        moves.stream().map(GroupMove::group).distinct().forEach(group -> GroupMoves.refuseActive(group, admin));
        BatchPlan plan = new PlanStore(admin).get(now.batchId());
        ResultPlaces places = new ResultPlaces(plan, admin);
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
        List<ReturnedOffset> returned = new ArrayList<>();
        for (GroupMove move : moves) {
            OffsetAndMetadata read = committed
                    .computeIfAbsent(move.group(), admin.groups()::offsets)
                    .get(new TopicPartition(now.resultTopic(), move.partition()));
            if (read == null || read.offset() == move.after()) {
                returned.add(new ReturnedOffset(
                        move.group(), move.partition(), read == null ? null : read.offset(), move.before(), false));
            } else {
                returned.add(back(move, read, places.reached(move.partition(), read.offset()), plan));
            }
        }
        return returned;
    }

    private ReturnedOffset back(GroupMove move, OffsetAndMetadata read, ResultPlaces.Reached reached, BatchPlan plan) {
        String topic = move.before().topic();
        long offset = reached.next();
        if (!topic.equals(plan.spec().sourceTopic())) {
            AliasTarget target = before(topic);
            offset = target == null
                    ? move.before().offset()
                    : earlier.computeIfAbsent(topic, any -> ResultPlaces.before(plan, target, admin))
                            .first(move.partition(), reached.unread());
        }
        Place place = Place.parse(read.metadata())
                .orElseGet(() -> Place.in(now.resultTopic(), reached.unread()))
                .moved(topic, reached.unread());
        return new ReturnedOffset(
                move.group(),
                move.partition(),
                read.offset(),
                new GroupMove.Committed(topic, offset, null, place.metadata()),
                reached.isHalfRead());
    }

    /** Returns the earlier target whose results are in a topic; null if the alias does not know it any more. */
    private @Nullable AliasTarget before(String topic) {
        AliasTarget target = now.previous();
        while (target != null && !target.resultTopic().equals(topic)) {
            target = target.previous();
        }
        return target;
    }

    /** Commits the offsets. */
    public void commit(List<ReturnedOffset> returned) {
        GroupCommits commits = new GroupCommits();
        for (ReturnedOffset each : returned) {
            commits.add(
                    each.group(), each.to().topic(), each.partition(), each.to().offsetAndMetadata());
            if (each.from() != null) {
                // Its metadata says that the group reads these results.
                commits.add(each.group(), now.resultTopic(), each.partition(), new OffsetAndMetadata(each.from()));
            }
        }
        commits.commit(admin);
    }
}
