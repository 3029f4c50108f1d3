package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.event.ProcessVersion;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Redriven;
import io.backprocess.revise.operator.RevisionChain;
import java.util.List;
import java.util.Map;

/** Checks that the revisions of a batch can be loaded, before a recount reads any record. */
final class RevisionCheck {
    private final BatchSpec spec;
    private final ClassLoader revisions;

    RevisionCheck(BatchPlan plan, ClassLoader revisions) {
        this.spec = plan.spec();
        this.revisions = revisions;
    }

    /** @throws IllegalArgumentException if the plan's revisions are not found, or do not fit the plan */
    void checkPlan() {
        load(spec.logic().revisions(), spec.logic().revisionOptions());
    }

    /**
     * Checks the revisions of the redrives, because each redrive may have had its own.
     *
     * @throws BatchException usage, if a revision is not found, or does not fit its options
     */
    void checkRedrives(BatchLedger ledger) {
        for (Redriven.Logic redriven : ledger.redriveLogics()) {
            try {
                load(redriven.revisions(), redriven.options());
            } catch (IllegalArgumentException e) {
                throw BatchException.usage(
                        "batch '%s' was redriven with revision %s: %s; if the revision is in a jar of your own, name the jar with --revision-jar"
                                .formatted(spec.batchId(), String.join(",", redriven.revisions()), e.getMessage()));
            }
        }
    }

    private void load(List<String> names, Map<String, String> options) {
        RevisionChain.load(names, options, ProcessVersion.of(spec.logic().fromVersion()), spec.batchId(), revisions);
    }
}
