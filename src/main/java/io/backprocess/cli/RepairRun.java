package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.control.BatchLock;
import io.backprocess.control.BatchMark;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.render.Printable;
import io.backprocess.rewrite.Repair;
import io.backprocess.rewrite.RepairSummary;
import io.backprocess.status.BatchSituation;
import io.backprocess.status.LedgerLook;
import io.backprocess.upsert.ResultTable;
import io.backprocess.upsert.TableWriter;
import io.backprocess.upsert.UpsertException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.function.LongConsumer;

/** Repairs a batch, after checking that it is damaged and not merely unfinished. */
final class RepairRun {
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(30);

    private final BatchPlan plan;
    private final Properties kafka;
    private final BatchOption batch;
    private final ConnectionOptions connection;
    private final boolean jobEnded;
    private final PrintWriter err;

    /** @param jobEnded whether the operator states that the batch's job has ended, because Flink does not know it any more */
    RepairRun(
            BatchPlan plan,
            Properties kafka,
            BatchOption batch,
            ConnectionOptions connection,
            boolean jobEnded,
            PrintWriter err) {
        this.plan = plan;
        this.kafka = kafka;
        this.batch = batch;
        this.connection = connection;
        this.jobEnded = jobEnded;
        this.err = err;
    }

    RepairSummary tryOut(ClassLoader classes, LongConsumer progress) {
        refuseOthers();
        return new Repair(plan, kafka, classes).tryOut(progress);
    }

    RepairSummary execute(ClassLoader classes, LongConsumer progress) {
        try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), kafka)) {
            refuseOthers();
            Repair repair = new Repair(plan, kafka, classes);
            Runnable meanwhile = () -> {
                synchronized (lock) {
                    lock.keep();
                }
            };
            Optional<ResultTable> table = ResultTable.of(plan.spec());
            if (table.isEmpty()) {
                return repair.execute(progress, meanwhile);
            }
            try (TableWriter writer = table.get().writer(batch.id(), "verify --repair", classes)) {
                return repair.into(writer).execute(progress, meanwhile);
            } catch (UpsertException e) {
                throw BatchException.failed(String.valueOf(e.getMessage()), e);
            }
        }
    }

    private void refuseOthers() {
        if (plan.spec().dedupeScope() == DedupeScope.GLOBAL) {
            throw BatchException.refused(
                    ("%s has --dedupe-scope global and is not repaired: its results go to subtasks by"
                                    + " eventId, so the ledger does not say which source offsets a lost transaction held;"
                                    + " run it again under a new batch id")
                            .formatted(batch.id()));
        }
        Optional<BatchMark> mark = batch.mark(kafka);
        mark.filter(BatchMark::isAbandoned).ifPresent(last -> {
            throw BatchException.refused("%s was abandoned by %s at %s and is not repaired; start a new batch id"
                    .formatted(batch.id(), last.by(), last.at()));
        });
        Optional<FlinkCluster.Job> job = job();
        job.filter(FlinkCluster.Job::isLive).ifPresent(live -> {
            throw BatchException.refused(
                    "%s is running, as Flink job %s, and may still commit the missing records; wait for its end, or pause it"
                            .formatted(batch.id(), live.id()));
        });
        refuseHalfDone(LedgerLook.at(plan, kafka, SETTLE_PATIENCE).orCannotTell(batch.id()), job, mark);
    }

    private Optional<FlinkCluster.Job> job() {
        try {
            return connection.flink().job(batch.id());
        } catch (BatchException e) {
            if (!jobEnded) {
                throw e;
            }
            err.println(Printable.lines(e.getMessage() + " (the job is treated as ended because of --job-ended)"));
            return Optional.empty();
        }
    }

    private void refuseHalfDone(LedgerLook look, Optional<FlinkCluster.Job> job, Optional<BatchMark> mark) {
        BatchLedger ledger = look.ledger();
        boolean paused =
                BatchSituation.of(plan, look, connection.flink(), job, mark).isStopped();
        if (plan.isFollowing()) {
            if (!paused) {
                throw BatchException.refused(
                        ("%s follows its topic and is not paused, so records that will be committed soon"
                                        + " would be lost; resume it, then pause it, then repair it")
                                .formatted(batch.id()));
            }
            return;
        }
        boolean finished = job.filter(FlinkCluster.Job::isFinished).isPresent() && !paused;
        boolean reachedTheEnd = ledger.partitions().stream()
                .allMatch(partition -> partition.missing().equals(partition.gaps()));
        if (reachedTheEnd || finished || (jobEnded && !paused)) {
            return;
        }
        String rest = MissingText.of(plan, ledger.missing());
        throw BatchException.refused(
                ledger.isEmpty()
                        ? "%s has committed nothing; start it with: run".formatted(batch.id())
                        : ("%s seems to be half done and not damaged: %s may still be committed. Go on"
                                        + " with: resume --batch-id %s%s")
                                .formatted(
                                        batch.id(),
                                        rest,
                                        batch.id(),
                                        job.isEmpty() && !paused
                                                ? "; if its job has finished and Flink has forgotten it: --job-ended"
                                                : ""));
    }
}
