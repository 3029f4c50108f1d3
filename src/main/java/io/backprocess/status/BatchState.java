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

/** Where a batch is in its life. */
public enum BatchState {
    PLANNED,
    RUNNING,
    PAUSED,
    COMPLETED,
    FAILED,
    ABANDONED;

    /** Asks Flink, and what operators did, where the ledger alone does not say it. A Flink that does not answer is no failure. */
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
                            : e.getMessage() + " (the state is told from the ledger alone)"));
            job = Optional.empty();
        }
        Optional<BatchMark> mark = MarkStore.find(batchId, kafka);
        BatchState state = of(ledger, job, mark, flink::isStopped);
        return state == FAILED
                ? orNotKnown(orPaused(state, plan, ledger, flink, job, mark), look, batchId, job)
                : state;
    }

    /**
     * Keeps a batch running that may have come to its end while another batch's open transaction hides the end of the ledger, since
     * nothing shows that it has failed. What the batch's own transaction hides was never committed.
     */
    public static BatchState orNotKnown(
            BatchState state, LedgerLook look, String batchId, Optional<FlinkCluster.Job> job) {
        boolean mayHaveEnded = job.isEmpty() || job.get().state().equals("FINISHED");
        return state == FAILED && look.isHiddenByAnother(batchId) && mayHaveEnded ? RUNNING : state;
    }

    /** The batch itself is all that is known of the time before. */
    private static String since(BatchLedger ledger, String batchId) {
        Instant last = ledger.lastCommit();
        return last == null
                ? ""
                : " since %s, when %s committed for the last time, or later"
                        .formatted(last.truncatedTo(ChronoUnit.SECONDS), batchId);
    }

    /**
     * A batch that nobody works on and that Flink knows no job of has failed, unless its last job was stopped with a savepoint:
     * a pause that was interrupted, or one past these commands. Then the savepoint is there and the ledger has all that it holds.
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
     * By what operators did too, which stays known when Flink has forgotten the job.
     *
     * @param mark what was last done with the batch
     * @param isStopped whether a job that Flink calls finished was stopped with a savepoint; asked of such a job only
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
            // Started, and nothing committed when Flink lost sight of it.
            case STARTED -> state == PLANNED && job.isEmpty() ? FAILED : state;
        };
    }

    /**
     * The ledger decides whether a batch is completed; Flink only says whether somebody is working on it.
     *
     * @param job the batch's youngest, where Flink knows one
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
        // Flink calls a job that was stopped with a savepoint finished as well; one that came to its end and lacks
        // something
        // has lost a transaction.
        boolean stopped = job.get().state().equals("FINISHED") && hasNoGaps(ledger) && isStopped.test(job.get());
        return stopped ? PAUSED : FAILED;
    }

    /** Whether the batch's job was stopped with a savepoint, and so goes on some day. */
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
