package io.backprocess.verify;

import io.backprocess.batch.BatchPlan;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.Replay;
import io.backprocess.revise.operator.Revise;
import io.backprocess.revise.rules.RuleRevision;
import io.backprocess.upsert.RowCheck;
import io.backprocess.upsert.UpsertResults;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds what redriven dead letters state of their failure to what is still known of it. The revision that failed then often no
 * longer exists, or is a newer jar under the same name, so its reasons are not known. What does not depend on a jar is: how a
 * record is decoded, its eventId, the name of the revision, and what the plan's own rules reject.
 */
final class RedrivenStatements {
    /** The reasons that rules give. Any other failure of a rule may depend on the machine. */
    private static final Set<Reason> OF_RULES = Set.of(Reason.REJECTED, Reason.MISSING_CONTEXT, Reason.INVALID_FIELD);

    private final Evidence evidence;
    private final BatchPlan plan;
    private final OutputPartition deadLetters;
    private final boolean isByRules;
    private @Nullable Replay batch;

    RedrivenStatements(Evidence evidence, BatchPlan plan, OutputPartition deadLetters) {
        this.evidence = evidence;
        this.plan = plan;
        this.deadLetters = deadLetters;
        this.isByRules = plan.spec().encoding() == null
                && plan.spec().logic().revisions().stream()
                        .allMatch(
                                name -> plan.spec().logic().revisionOptions().containsKey(RuleRevision.OPTION + name));
    }

    /**
     * Checks a dead letter that the batch's job has written.
     *
     * @param whole the letter with its original
     */
    void checkOfTheJob(StoredDeadLetter whole, StatedFailure stated) {
        if (batch == null) {
            batch = evidence.replay();
        }
        Outcome decoded = batch.decode(whole.record());
        if (decoded instanceof DeadLetter failure && isComparable(stated)) {
            StatedFailure required = stated(batch, failure);
            report(
                    whole.offset(),
                    whole,
                    stated.differences()
                            .stage(failure.stage())
                            .reason(failure.reason().toString())
                            .attempts(String.valueOf(required.attempts()))
                            .writer(required));
        } else if (decoded instanceof Event event && isComparable(stated)) {
            StatedFailure.Differences differences =
                    stated.differences().stage(stages()).writer(stated(batch, event));
            DeadLetter failure = isByRules ? rejected(batch, event) : null;
            if (failure != null && !Reason.UNEXPECTED.toString().equals(stated.reason())) {
                differences.reason(failure.reason().toString());
            }
            report(whole.offset(), whole, differences);
        }
    }

    /** Returns the dead letter that the plan's rules make of the event; null if they make none, or one for another cause. */
    private static @Nullable DeadLetter rejected(Replay replay, Event event) {
        return replay.revise(event) instanceof DeadLetter failure && OF_RULES.contains(failure.reason())
                ? failure
                : null;
    }

    /**
     * Checks the dead letter of a record that failed again in a redrive, if a recount does not give this letter.
     *
     * @param offset the offset of this letter
     * @param before the former letter with its original
     * @param replay the redrive's replay
     */
    void checkOfARedrive(long offset, StatedFailure stated, StoredDeadLetter before, Replay replay) {
        Outcome decoded = replay.decode(before.record());
        int attempts = before.failure().attempts();
        if (decoded instanceof DeadLetter failure && isComparable(stated)) {
            report(
                    offset,
                    before,
                    stated.differences()
                            .stage(failure.stage())
                            .reason(failure.reason().toString())
                            .attemptsAfter(attempts)
                            .writer(stated(replay, failure)));
        } else if (decoded instanceof Event event && isComparable(stated)) {
            report(
                    offset,
                    before,
                    stated.differences().stage(stages()).attemptsAfter(attempts).writer(stated(replay, event)));
        }
    }

    /** Checks the dead letter of results of a redrive that did not come into the batch's table. */
    void checkOfTheTable(
            long offset, StatedFailure stated, StoredDeadLetter before, Taken taken, Replay replay, Redriven line) {
        Envelope envelope = Replay.Logic.ofRedrive(plan, line.revisions(), line.options(), line.envelope())
                .envelope();
        StatedFailure.Differences differences =
                stated.differences().attemptsAfter(before.failure().attempts()).writer(stated(replay, taken.event()));
        RowCheck.of(plan.spec(), envelope.mapping())
                .flatMap(rows -> rows.refusal(taken))
                .ifPresent(reason -> differences.reason(reason.toString()));
        report(offset, before, differences);
    }

    private String[] stages() {
        return plan.spec().upsert() == null
                ? new String[] {Revise.STAGE}
                : new String[] {Revise.STAGE, UpsertResults.STAGE};
    }

    /** Tells whether a recount can decode as it was decoded then. A schema that was unknown then may be known since. */
    private boolean isComparable(StatedFailure stated) {
        return plan.spec().encoding() == null
                || !Reason.UNKNOWN_SCHEMA.toString().equals(stated.reason());
    }

    private static StatedFailure stated(Replay replay, Event event) {
        return stated(replay, DeadLetter.of(event, Revise.STAGE, Reason.REJECTED, ""));
    }

    private static StatedFailure stated(Replay replay, DeadLetter failure) {
        return StatedFailure.of(replay.deadLetter(failure).headers());
    }

    private void report(long offset, StoredDeadLetter letter, StatedFailure.Differences differences) {
        if (differences.areAny()) {
            deadLetters.finding(
                    FindingKind.ALTERED_DEAD_LETTER,
                    offset,
                    "headers differ from what %s gives: %s".formatted(letter.origin(), differences));
        }
    }
}
