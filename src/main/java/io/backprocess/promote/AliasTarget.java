package io.backprocess.promote;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchPlan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The target of an alias: the value under its key in the topic {@code backprocess.aliases}. The field names must not change.
 *
 * @param resultTopic the topic that the alias's readers read
 * @param planHash the plan hash of the batch that wrote the topic
 * @param at the time at which the alias was set to this target
 * @param by the user who set it
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
        @Nullable AliasTarget previous) {
    static final int MAX_DEPTH = 20;

    /** Returns the target for the batch's result topic. */
    public static AliasTarget to(BatchPlan plan, String alias, Instant at, String by, @Nullable AliasTarget now) {
        return new AliasTarget(
                alias,
                plan.spec().resultTopic(),
                plan.spec().batchId(),
                plan.hash(),
                at,
                by,
                now == null ? null : now.cut(MAX_DEPTH - 1));
    }

    /** Returns the target for going back to the previous one; null where there was none. */
    public @Nullable AliasTarget back(Instant now, String who) {
        return previous == null
                ? null
                : new AliasTarget(
                        alias, previous.resultTopic, previous.batchId, previous.planHash, now, who, previous.previous);
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
                depth <= 1 || previous == null ? null : previous.cut(depth - 1));
    }
}
