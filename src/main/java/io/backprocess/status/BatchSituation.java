package io.backprocess.status;

import io.backprocess.batch.BatchPlan;
import io.backprocess.control.BatchMark;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.SnapshotSearch;
import io.backprocess.ledger.BatchLedger;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The facts that determine the state of a batch. The ledger decides whether a batch is completed. Flink says whether a job
 * works on it, and the mark is still known when Flink has forgotten the job. Every command that needs the state gets it from
 * here.
 *
 * @param job the batch's youngest job; empty if Flink knows none or does not answer
 * @param mark the last action of an operator on the batch
 * @param wasStopped tells whether a job was stopped with a savepoint; called only for a job that Flink calls finished
 * @param hasSavepoint tells whether the savepoint exists that the last job was stopped with, and the ledger has everything that
 *     it holds; called only if Flink knows no job
 */
public record BatchSituation(
        String batchId,
        LedgerLook look,
        Optional<FlinkCluster.Job> job,
        Optional<BatchMark> mark,
        Predicate<FlinkCluster.Job> wasStopped,
        BooleanSupplier hasSavepoint) {

    public static BatchSituation of(
            BatchPlan plan,
            LedgerLook look,
            FlinkCluster flink,
            Optional<FlinkCluster.Job> job,
            Optional<BatchMark> mark) {
        return new BatchSituation(plan.spec().batchId(), look, job, mark, flink::isStopped, () -> new SnapshotSearch(
                        plan, look.ledger(), flink, job, mark)
                .stopped()
                .isPresent());
    }

    public BatchState state() {
        BatchLedger ledger = look.ledger();
        boolean isRetired = mark.filter(BatchMark::isRetired).isPresent();
        if (ledger.isComplete()) {
            return isRetired ? BatchState.RETIRED : BatchState.COMPLETED;
        }
        if (job.filter(FlinkCluster.Job::isLive).isPresent()) {
            return BatchState.RUNNING;
        }
        if (mark.filter(BatchMark::isFinal).isPresent()) {
            return isRetired ? BatchState.RETIRED : BatchState.ABANDONED;
        }
        // A job that was stopped but has gaps in the ledger has lost a transaction.
        if (isMarkedPaused() || (hasNoGaps(ledger) && isStopped())) {
            return BatchState.PAUSED;
        }
        boolean started = job.isPresent() || mark.isPresent() || !ledger.isEmpty();
        if (!started) {
            return BatchState.PLANNED;
        }
        return mayHaveEndedUnseen() ? BatchState.RUNNING : BatchState.FAILED;
    }

    /** Tells whether the batch's last job was stopped with a savepoint, so that it can be resumed from there. */
    public boolean isStopped() {
        return isMarkedPaused() || endedByAStop() || leftASavepoint();
    }

    private boolean isMarkedPaused() {
        return mark.filter(last -> last.isPauseOf(job.map(FlinkCluster.Job::id).orElse(null)))
                .isPresent();
    }

    /** Flink also calls a job finished that was stopped with a savepoint. */
    private boolean endedByAStop() {
        return job.filter(ended -> ended.isFinished() && wasStopped.test(ended)).isPresent();
    }

    /**
     * Tells whether a job that Flink has forgotten was stopped with a savepoint. That happens if a pause was interrupted, or if
     * the job was stopped without the commands of this program.
     */
    private boolean leftASavepoint() {
        return job.isEmpty() && mark.isPresent() && hasSavepoint.getAsBoolean();
    }

    /**
     * Tells whether the batch may have reached its end while another batch's open transaction hides the end of the ledger. In
     * that case nothing shows that the batch has failed. Lines that the batch's own transaction hides were never committed, so
     * they do not count.
     */
    private boolean mayHaveEndedUnseen() {
        return look.isHiddenByAnother(batchId) && (job.isEmpty() || job.get().isFinished());
    }

    private static boolean hasNoGaps(BatchLedger ledger) {
        return ledger.partitions().stream()
                .allMatch(partition -> partition.gaps().isEmpty());
    }
}
