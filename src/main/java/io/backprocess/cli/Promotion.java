package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.AcceptOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.GroupOptions;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.control.MarkStore;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.GroupMove;
import io.backprocess.promote.GroupMoves;
import io.backprocess.promote.HandOver;
import io.backprocess.promote.HandOvers;
import io.backprocess.promote.HookRun;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The move of one alias to one batch, before it is made.
 *
 * @param then the new target; null if nothing is to be moved
 * @param groups the consumer groups that are moved with it; null if none were asked for
 * @param verification the recount of the batch; null if none was needed
 */
record Promotion(
        String alias,
        @Nullable AliasTarget now,
        @Nullable AliasTarget then,
        @Nullable PromotedGroups groups,
        @Nullable Verification verification) {

    /**
     * Terms that all promotions of one command have in common.
     *
     * @param targets the targets of all aliases that can be read
     * @param moving the consumer groups to move; empty if none are moved
     * @param isSet whether several batches are promoted, each of which may be read by some of the groups only
     * @param hook what is run afterwards; null for nothing
     */
    record Terms(
            Collection<AliasTarget> targets,
            List<String> moving,
            boolean isSet,
            AcceptOptions accept,
            RevisionJarOption revisionJars,
            @Nullable HookRun hook) {}

    /**
     * Finds the move, and proves the batch for it.
     *
     * @throws BatchException refused, if the batch is complete but must not be promoted
     */
    static Promotion of(BatchPlan plan, String alias, @Nullable AliasTarget now, Terms terms, KafkaAdmin admin) {
        if (plan.spec().isInto()) {
            throw BatchException.refused(
                    "%s wrote into %s, beside other records: its readers have the results already, so there is nothing to hand over"
                            .formatted(plan.spec().batchId(), plan.spec().resultTopic()));
        }
        new MarkStore(admin).refuseRetired(plan.spec().batchId());
        boolean isThere = now != null && now.pointsTo(plan);
        boolean isHooked = terms.hook == null
                || (now != null && now.hook() != null && now.hook().isDone(terms.hook.command()));
        if (isThere && isHooked && !plan.isFollowing() && terms.moving.isEmpty()) {
            return new Promotion(alias, now, null, null, null);
        }
        HandOvers handOvers = plan.isFollowing() ? new HandOvers(plan, admin) : null;
        Verification verification =
                VerifyCommand.verify(plan, new Verifier(plan, admin.clients(), terms.revisionJars.classes(plan)));
        if (verification.verdict() != Verdict.COMPLETE) {
            return new Promotion(alias, now, null, null, verification);
        }
        terms.accept.refuseWorthless(plan, verification, admin.clients());
        Map<Integer, Long> provenUpTo = provenUpTo(verification);
        List<HandOver> places = handOvers == null ? null : handOvers.of(provenUpTo, now);
        PromotedGroups groups = terms.moving.isEmpty()
                ? null
                : PromotedGroups.find(
                        new GroupMoves(plan, provenUpTo, now, admin),
                        terms.moving,
                        terms.isSet,
                        terms.targets.stream()
                                .filter(target -> target.pointsTo(plan))
                                .toList(),
                        alias);
        List<GroupMove> moved = groups == null ? List.of() : groups.kept();
        if (isThere && isHooked && now != null && Objects.equals(now.handOver(), places) && moved.isEmpty()) {
            return new Promotion(alias, now, null, groups, verification);
        }
        AliasTarget then = AliasTarget.to(
                        plan, alias, Instant.now().truncatedTo(ChronoUnit.MILLIS), ExecutionOptions.user(), places, now)
                .with(moved);
        if (terms.hook != null) {
            AliasTarget before = isThere && now != null ? now.previous() : now;
            then = then.with(terms.hook.pending(before == null ? null : before.resultTopic()));
        }
        return new Promotion(alias, now, then, groups, verification);
    }

    /** Returns the source offset up to which each partition is proven: for a batch with an end, its end. */
    private static Map<Integer, Long> provenUpTo(Verification verification) {
        Verification.Follows follows = verification.follows();
        if (follows != null && follows.provenUpTo() != null) {
            return follows.provenUpTo();
        }
        return verification.partitions().stream()
                .collect(Collectors.toMap(
                        Verification.VerifiedPartition::partition, Verification.VerifiedPartition::next));
    }

    /** Returns the verdict of the recount, which is not needed for a batch that the alias points to already. */
    Verdict verdict() {
        return verification == null ? Verdict.COMPLETE : verification.verdict();
    }

    /** Returns the consumer groups that read what the alias stands for. */
    Set<String> knownGroups() {
        return groups == null ? Set.of() : groups.known();
    }

    /** @throws BatchException refused, if consumer groups would miss records and the options do not accept that */
    void refuseStale(GroupOptions options) {
        if (groups != null) {
            groups.refuseStale(options);
        }
    }

    /** Commits the offsets of the consumer groups. */
    void moveGroups() {
        if (groups != null) {
            groups.commit();
        }
    }

    AliasMove shown(boolean executed) {
        return new AliasMove(
                alias,
                now,
                then,
                executed && then != null,
                groups == null || then == null ? null : groups.moved(),
                null,
                verification);
    }
}
