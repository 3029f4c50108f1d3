package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.event.ProcessVersion;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.Replay;
import io.backprocess.revise.operator.RevisionChain;

/** Checks that the revisions of a batch can be loaded, before a recount reads any record. */
final class RevisionCheck {
    private final BatchPlan plan;
    private final BatchSpec spec;
    private final ClassLoader revisions;

    RevisionCheck(BatchPlan plan, ClassLoader revisions) {
        this.plan = plan;
        this.spec = plan.spec();
        this.revisions = revisions;
    }

    /** @throws IllegalArgumentException if the plan's revisions are not found, or do not fit the plan */
    void checkPlan() {
        load(Replay.Logic.of(plan));
    }

    /**
     * Checks the revisions of the redrives, because each redrive may have had its own.
     *
     * @throws BatchException usage, if a revision is not found, or does not fit its options
     */
    void checkRedrives(BatchLedger ledger) {
        for (Redriven.Logic redriven : ledger.redriveLogics()) {
            try {
                load(Replay.Logic.ofRedrive(plan, redriven.revisions(), redriven.options(), redriven.envelope()));
            } catch (IllegalArgumentException e) {
                throw BatchException.usage(
                        "batch '%s' was redriven with revision %s: %s; if the revision is in a jar of your own, name the jar with --revision-jar"
                                .formatted(spec.batchId(), String.join(",", redriven.revisions()), e.getMessage()));
            }
        }
    }

    private void load(Replay.Logic logic) {
        RevisionChain.load(
                logic.revisions(),
                logic.options(),
                ProcessVersion.of(spec.logic().fromVersion()),
                spec.batchId(),
                logic.envelope().mapping(),
                revisions);
    }
}
