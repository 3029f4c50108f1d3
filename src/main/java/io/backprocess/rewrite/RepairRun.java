package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.control.BatchLock;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.envelope.Envelope;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.status.BatchSituation;
import io.backprocess.status.LedgerLook;
import io.backprocess.status.MissingText;
import io.backprocess.upsert.ResultTable;
import io.backprocess.upsert.TableWriter;
import io.backprocess.upsert.UpsertException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Repairs a batch, after checking that it is damaged and not merely unfinished. */
public final class RepairRun {
    private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(30);

    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final FlinkCluster flink;
    private final String by;
    private final boolean jobEnded;
    private final Consumer<String> notes;
    private final String batchId;

    /**
     * @param by who repairs the batch
     * @param jobEnded whether the operator states that the batch's job has ended, because Flink does not know it any more
     * @param notes receives what the operator has to know although the repair goes on
     */
    public RepairRun(
            BatchPlan plan,
            KafkaClients kafka,
            FlinkCluster flink,
            String by,
            boolean jobEnded,
            Consumer<String> notes) {
        this.plan = plan;
        this.kafka = kafka;
        this.flink = flink;
        this.by = by;
        this.jobEnded = jobEnded;
        this.notes = notes;
        this.batchId = plan.spec().batchId();
    }

    /**
     * Returns what the repair would do, and writes nothing.
     *
     * @param classes the class loader that has the plan's revisions
     * @param progress receives the progress, as in {@link Repair#tryOut}
     * @throws BatchException refused, when the batch is not damaged or is not to be repaired
     */
    public RepairSummary tryOut(ClassLoader classes, LongConsumer progress) {
        refuseOthers();
        return new Repair(plan, kafka, classes).tryOut(progress);
    }

    /**
     * Repairs the batch and holds its lock meanwhile.
     *
     * @param classes the class loader that has the plan's revisions and the driver of its table
     * @param progress receives the progress, as in {@link Repair#execute}
     * @throws BatchException refused, when the batch is not damaged or is not to be repaired, or another process takes over
     */
    public RepairSummary execute(ClassLoader classes, LongConsumer progress) {
        try (BatchLock lock = BatchLock.take(batchId, by, kafka)) {
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
            try (TableWriter writer =
                    table.get().writer(batchId, "verify --repair", Envelope.mappingOf(plan.spec()), classes)) {
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
                            .formatted(batchId));
        }
        Optional<BatchMark> mark = MarkStore.find(batchId, kafka);
        mark.filter(BatchMark::isFinal).ifPresent(last -> {
            throw BatchException.refused(
                    "%s was %s and is not repaired; start a new batch id".formatted(batchId, last.inWords()));
        });
        Optional<FlinkCluster.Job> job = job();
        job.filter(FlinkCluster.Job::isLive).ifPresent(live -> {
            throw BatchException.refused(
                    "%s is running, as Flink job %s, and may still commit the missing records; wait for its end, or pause it"
                            .formatted(batchId, live.id()));
        });
        refuseHalfDone(LedgerLook.at(plan, kafka, SETTLE_PATIENCE).orCannotTell(batchId), job, mark);
    }

    private Optional<FlinkCluster.Job> job() {
        try {
            return flink.job(plan);
        } catch (BatchException e) {
            if (!jobEnded) {
                throw e;
            }
            notes.accept(e.getMessage() + " (the job is treated as ended because of --job-ended)");
            return Optional.empty();
        }
    }

    private void refuseHalfDone(LedgerLook look, Optional<FlinkCluster.Job> job, Optional<BatchMark> mark) {
        BatchLedger ledger = look.ledger();
        boolean paused = BatchSituation.of(plan, look, flink, job, mark).isStopped();
        if (plan.isFollowing()) {
            if (!paused) {
                throw BatchException.refused(
                        ("%s follows its topic and is not paused, so records that will be committed soon"
                                        + " would be lost; resume it, then pause it, then repair it")
                                .formatted(batchId));
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
                        ? "%s has committed nothing; start it with: run".formatted(batchId)
                        : ("%s seems to be half done and not damaged: %s may still be committed. Go on"
                                        + " with: resume --batch-id %s%s")
                                .formatted(
                                        batchId,
                                        rest,
                                        batchId,
                                        job.isEmpty() && !paused
                                                ? "; if its job has finished and Flink has forgotten it: --job-ended"
                                                : ""));
    }
}
