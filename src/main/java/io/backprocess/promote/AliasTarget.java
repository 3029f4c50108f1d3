package io.backprocess.promote;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchPlan;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where an alias points to: the value under its key in the topic {@code backprocess.aliases}. The field names are kept.
 *
 * @param resultTopic what the alias's readers read
 * @param planHash of the batch that wrote it
 * @param at when it was pointed there
 * @param by who did it
 * @param previous where it pointed before, which has its own previous in turn, {@value #MAX_DEPTH} at most
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

    /** To the batch's result topic. */
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

    /** To where the alias pointed before, null when that was nowhere. */
    public @Nullable AliasTarget back(Instant now, String who) {
        return previous == null
                ? null
                : new AliasTarget(
                        alias, previous.resultTopic, previous.batchId, previous.planHash, now, who, previous.previous);
    }

    public boolean pointsTo(BatchPlan plan) {
        return batchId.equals(plan.spec().batchId()) && planHash.equals(plan.hash());
    }

    /** Whether nothing is missing in it; whoever may write to the topic may have left something out. */
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
