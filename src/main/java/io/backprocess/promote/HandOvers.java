package io.backprocess.promote;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the places at which consumers of an alias change over to a batch that follows its source. The place in the source is the one
 * up to which the batch is proven, or the one up to which the earlier batch has come if that is before it. In each topic of results
 * it is the first result that does not come from before it.
 */
public final class HandOvers {
    private final BatchPlan plan;
    private final KafkaAdmin admin;

    /** @throws BatchException refused, if the results of the batch cannot be matched to offsets of the source */
    public HandOvers(BatchPlan plan, KafkaAdmin admin) {
        ResultPlaces.check(plan);
        this.plan = plan;
        this.admin = admin;
    }

    /**
     * Returns the hand-over of each partition.
     *
     * @param provenUpTo the offset of the source up to which each partition is proven
     * @param now the current target of the alias; null for none, which means that consumers read the source
     * @throws BatchException refused, if there is no place at which nothing is left out, or if it is before the one that the alias
     *     has already
     */
    public List<HandOver> of(Map<Integer, Long> provenUpTo, @Nullable AliasTarget now) {
        boolean again = now != null && now.pointsTo(plan);
        AliasTarget before = again && now != null ? now.previous() : now;
        if (again
                && now != null
                && before != null
                && now.handOver() != null
                && !admin.topicExists(before.resultTopic())) {
            // The earlier batch is retired, so nothing can change over from it any more.
            return now.handOver();
        }
        ResultPlaces earlier = before == null ? null : ResultPlaces.before(plan, before, admin);
        ResultPlaces later = new ResultPlaces(plan, admin);
        List<HandOver> places = new ArrayList<>();
        for (Map.Entry<Integer, Long> each : provenUpTo.entrySet()) {
            int partition = each.getKey();
            long place = earlier == null ? each.getValue() : Math.min(each.getValue(), earlier.covered(partition));
            checkNoGap(partition, place, before);
            HandOver.Place leave = earlier == null
                    ? new HandOver.Place(plan.spec().sourceTopic(), place)
                    : new HandOver.Place(earlier.topic(), earlier.first(partition, place));
            places.add(new HandOver(
                    partition, leave, new HandOver.Place(later.topic(), later.first(partition, place)), place));
        }
        if (again && now != null) {
            checkNotBefore(now, places);
        }
        return places;
    }

    private void checkNoGap(int partition, long place, @Nullable AliasTarget before) {
        long start = ResultPlaces.start(plan, partition);
        if (place < start) {
            throw BatchException.refused(
                    "%s begins at offset %d of partition %d, and %s has only come to offset %d, so consumers would miss what is between them"
                            .formatted(
                                    plan.spec().batchId(),
                                    start,
                                    partition,
                                    before == null ? "it" : before.batchId(),
                                    place));
        }
    }

    private static void checkNotBefore(AliasTarget now, List<HandOver> places) {
        List<HandOver> old = now.handOver() == null ? List.of() : now.handOver();
        for (HandOver before : old) {
            for (HandOver place : places) {
                boolean isBefore = place.partition() == before.partition()
                        && place.leave().offset() < before.leave().offset();
                if (isBefore) {
                    throw BatchException.refused(
                            "alias '%s' hands partition %d over at offset %d of %s, and the new place is offset %d, before it; consumers may have changed over already. Run it again when the batch is proven further"
                                    .formatted(
                                            now.alias(),
                                            place.partition(),
                                            before.leave().offset(),
                                            before.leave().topic(),
                                            place.leave().offset()));
                }
            }
        }
    }
}
