package io.backprocess.status;

import io.backprocess.batch.BatchPlan;
import io.backprocess.ledger.BatchLedger;
import org.apache.flink.api.common.JobStatus;

/**
 * The end of a batch's job, as the command that watched it sees it.
 *
 * @param look the part of the ledger that could be read at the end
 * @param failure the failure in words; empty if there is none
 * @param isRefused whether the job itself refused to start
 */
public record JobEnd(JobStatus status, LedgerLook look, String failure, boolean isRefused) {
    public BatchLedger ledger() {
        return look.ledger();
    }

    public boolean isFinished() {
        return status == JobStatus.FINISHED;
    }

    /** Returns the batch's state. A job without an end only finishes when it is stopped with a savepoint. */
    public BatchState state(BatchPlan plan) {
        if (ledger().isComplete()) {
            return BatchState.COMPLETED;
        }
        if (plan.isFollowing() && isFinished()) {
            return BatchState.PAUSED;
        }
        return look.hidden() == null ? BatchState.FAILED : BatchState.RUNNING;
    }
}
