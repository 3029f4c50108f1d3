package io.backprocess.status;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.SnapshotSearch;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.render.Printable;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The state of a batch in its life cycle. */
public enum BatchState {
    PLANNED,
    RUNNING,
    PAUSED,
    COMPLETED,
    FAILED,
    ABANDONED;

    /**
     * Finds the state of a batch. If the ledger alone does not show it, this asks Flink and reads the batch's mark. It is not an
     * error if Flink does not answer.
     */
    static BatchState ask(
            BatchPlan plan, LedgerLook look, Supplier<FlinkCluster> cluster, Properties kafka, PrintWriter err) {
        BatchLedger ledger = look.ledger();
        if (ledger.isComplete()) {
            return COMPLETED;
        }
        String batchId = plan.spec().batchId();
        FlinkCluster flink = cluster.get();
        Optional<FlinkCluster.Job> job;
        try {
            job = flink.job(batchId);
        } catch (BatchException e) {
            err.println(Printable.lines(
                    flink.isLeaderless()
                            ? flink.leaderless(since(ledger, batchId))
                            : e.getMessage() + " (the state is derived from the ledger alone)"));
            job = Optional.empty();
        }
        Optional<BatchMark> mark = MarkStore.find(batchId, kafka);
        BatchState state = of(ledger, job, mark, flink::isStopped);
        return state == FAILED
                ? orNotKnown(orPaused(state, plan, ledger, flink, job, mark), look, batchId, job)
                : state;
    }

    /**
     * Returns running instead of failed if the batch may have reached its end while another batch's open transaction hides the
     * end of the ledger. In that case nothing shows that the batch has failed. Lines that the batch's own transaction hides were
     * never committed, so they do not count.
     */
    public static BatchState orNotKnown(
            BatchState state, LedgerLook look, String batchId, Optional<FlinkCluster.Job> job) {
        boolean mayHaveEnded = job.isEmpty() || job.get().state().equals("FINISHED");
        return state == FAILED && look.isHiddenByAnother(batchId) && mayHaveEnded ? RUNNING : state;
    }

    /** Returns the time of the batch's last commit in words. It is the last time at which Flink is known to have worked. */
    private static String since(BatchLedger ledger, String batchId) {
        Instant last = ledger.lastCommit();
        return last == null
                ? ""
                : " since %s, when %s committed for the last time, or later"
                        .formatted(last.truncatedTo(ChronoUnit.SECONDS), batchId);
    }

    /**
     * Returns paused instead of failed if the batch's last job was stopped with a savepoint and Flink no longer knows the job.
     * That happens if a pause was interrupted, or if the job was stopped without the commands of this program. Then the savepoint
     * exists and the ledger has everything that it holds.
     */
    public static BatchState orPaused(
            BatchState state,
            BatchPlan plan,
            BatchLedger ledger,
            FlinkCluster flink,
            Optional<FlinkCluster.Job> job,
            Optional<BatchMark> mark) {
        return state == FAILED
                        && job.isEmpty()
                        && hasNoGaps(ledger)
                        && mark.isPresent()
                        && new SnapshotSearch(plan, ledger, flink, job, mark)
                                .stopped()
                                .isPresent()
                ? PAUSED
                : state;
    }

    private static boolean hasNoGaps(BatchLedger ledger) {
        return ledger.partitions().stream()
                .allMatch(partition -> partition.gaps().isEmpty());
    }

    /**
     * Derives the state from the ledger, Flink's job and the mark. The mark is still known when Flink has forgotten the job.
     *
     * @param job the batch's youngest job; empty if Flink knows none
     * @param mark the last action of an operator on the batch
     * @param isStopped tells whether a job was stopped with a savepoint; called only for a job that Flink calls finished
     */
    public static BatchState of(
            BatchLedger ledger,
            Optional<FlinkCluster.Job> job,
            Optional<BatchMark> mark,
            Predicate<FlinkCluster.Job> isStopped) {
        BatchState state = of(ledger, job, isStopped);
        if (mark.isEmpty() || state == COMPLETED || state == RUNNING) {
            return state;
        }
        BatchMark last = mark.get();
        return switch (last.kind()) {
            case ABANDONED -> ABANDONED;
            case PAUSED -> job.isEmpty() || job.get().id().equals(last.jobId()) ? PAUSED : state;
            // The job was started, and Flink forgot it before anything was committed.
            case STARTED -> state == PLANNED && job.isEmpty() ? FAILED : state;
        };
    }

    /**
     * Derives the state without the mark. The ledger decides whether a batch is completed. Flink only says whether a job is
     * working on it.
     *
     * @param job the batch's youngest job; empty if Flink knows none
     */
    private static BatchState of(
            BatchLedger ledger, Optional<FlinkCluster.Job> job, Predicate<FlinkCluster.Job> isStopped) {
        if (ledger.isComplete()) {
            return COMPLETED;
        }
        if (job.isEmpty()) {
            return ledger.isEmpty() ? PLANNED : FAILED;
        }
        if (job.get().isLive()) {
            return RUNNING;
        }
        // Flink also calls a job finished that was stopped with a savepoint. A job that reached its end but has gaps in
        // the ledger has lost a transaction.
        boolean stopped = job.get().state().equals("FINISHED") && hasNoGaps(ledger) && isStopped.test(job.get());
        return stopped ? PAUSED : FAILED;
    }

    /** Tells whether the batch's job was stopped with a savepoint, so that the batch can be resumed. */
    public static boolean isPaused(
            Optional<FlinkCluster.Job> job, Optional<BatchMark> mark, Predicate<FlinkCluster.Job> isStopped) {
        boolean marked = mark.filter(last -> last.kind() == BatchMark.Kind.PAUSED
                        && (job.isEmpty() || job.get().id().equals(last.jobId())))
                .isPresent();
        return marked
                || job.filter(ended -> ended.state().equals("FINISHED") && isStopped.test(ended))
                        .isPresent();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
