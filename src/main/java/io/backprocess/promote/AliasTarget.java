package io.backprocess.promote;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The target of an alias: the value under its key in the topic {@code backprocess.aliases}. The field names must not change.
 *
 * @param resultTopic the topic that the alias's readers read
 * @param planHash the plan hash of the batch that wrote the topic
 * @param at the time at which the alias was set to this target
 * @param by the user who set it
 * @param handOver the places at which consumers change over to a batch that follows its source; empty after a rollback to such a
 *     batch, and in a previous target; null for another batch
 * @param groups the consumer groups whose offsets were moved to the topic; null for none, and in a previous target
 * @param hook the command that is run after the move; null for none, and in a previous target
 * @param previous the previous target, which contains its own previous target, up to {@value #MAX_DEPTH} levels; null for none
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record AliasTarget(
        String alias,
        String resultTopic,
        String batchId,
        String planHash,
        Instant at,
        String by,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<HandOver> handOver,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<GroupMove> groups,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Hook hook,
        @Nullable AliasTarget previous) {
    static final int MAX_DEPTH = 20;

    /**
     * Returns the target for the batch's result topic.
     *
     * @param handOver the places at which consumers change over; null for a batch that has an end
     * @param now the current target; if it is the same batch, its own previous target stays
     */
    public static AliasTarget to(
            BatchPlan plan,
            String alias,
            Instant at,
            String by,
            @Nullable List<HandOver> handOver,
            @Nullable AliasTarget now) {
        boolean isAgain = now != null && now.pointsTo(plan);
        AliasTarget before = isAgain && now != null ? now.previous : now;
        return new AliasTarget(
                alias,
                plan.spec().resultTopic(),
                plan.spec().batchId(),
                plan.hash(),
                at,
                by,
                handOver,
                isAgain && now != null ? now.groups : null,
                isAgain && now != null ? now.hook : null,
                before == null ? null : before.cut(MAX_DEPTH - 1));
    }

    /** Returns the target with further groups that were moved. */
    public AliasTarget with(List<GroupMove> moved) {
        List<GroupMove> all = new ArrayList<>(groups == null ? List.of() : groups);
        all.addAll(moved);
        return new AliasTarget(
                alias, resultTopic, batchId, planHash, at, by, handOver, all.isEmpty() ? null : all, hook, previous);
    }

    /** Returns the target with another state of the command that is run after the move. */
    public AliasTarget with(@Nullable Hook another) {
        return new AliasTarget(alias, resultTopic, batchId, planHash, at, by, handOver, groups, another, previous);
    }

    /** Returns the target for going back to the previous one; null where there was none. */
    public @Nullable AliasTarget back(Instant now, String who) {
        return previous == null
                ? null
                : new AliasTarget(
                        alias,
                        previous.resultTopic,
                        previous.batchId,
                        previous.planHash,
                        now,
                        who,
                        previous.handOver,
                        null,
                        null,
                        previous.previous);
    }

    public boolean pointsTo(BatchPlan plan) {
        return batchId.equals(plan.spec().batchId()) && planHash.equals(plan.hash());
    }

    /** Tells whether all required fields are set. Any writer to the topic may have left one out. */
    boolean isWhole() {
        return alias != null
                && resultTopic != null
                && batchId != null
                && planHash != null
                && at != null
                && by != null
                && (handOver == null || handOver.stream().allMatch(each -> each != null && each.isWhole()))
                && (groups == null || groups.stream().allMatch(each -> each != null && each.isWhole()))
                && (hook == null || hook.isWhole())
                && (previous == null || previous.isWhole());
    }

    private AliasTarget cut(int depth) {
        return new AliasTarget(
                alias,
                resultTopic,
                batchId,
                planHash,
                at,
                by,
                handOver == null ? null : List.of(),
                null,
                null,
                depth <= 1 || previous == null ? null : previous.cut(depth - 1));
    }
}
