package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogContext;
import io.backprocess.render.Words;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Stops a batch without a restart if too many records become dead letters, before those are committed. The breaker runs in the
 * JobManager. It counts over all subtasks and the whole life of the batch: the counts from before a restore come from the ledger.
 *
 * <p>A subtask reports ahead of the barrier, so its report arrives here before it acknowledges the checkpoint. The exception that
 * is thrown here ends the job before the next message is handled. The checkpoint never completes, and Kafka never gets a commit
 * of its content. ({@code Context.failJob} is too late, because its failure would wait in the queue behind the acknowledgement.)
 */
final class Breaker implements OperatorCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);
    private static final int REASONS_NAMED = 3;

    private final Context context;
    private final String batchId;
    private final String sourceTopic;
    private final DeadLetterLimits limits;
    private final LedgerAccess ledger;
    private final BatchCounts counts = new BatchCounts();

    private long restored = NO_CHECKPOINT;
    private boolean started;
    /** The newest checkpoint that was within the limit; -1 before the first. */
    private long passed = -1;

    private CompletableFuture<Counts> before = CompletableFuture.completedFuture(Counts.NONE);
    private @Nullable Thread reader;
    private @Nullable AutoCloseable shown;

    public Breaker(Context context, String batchId, String sourceTopic, DeadLetterLimits limits, LedgerAccess ledger) {
        this.context = context;
        this.batchId = batchId;
        this.sourceTopic = sourceTopic;
        this.limits = limits;
        this.ledger = ledger;
    }

    /** Starts to read the ledger after a restore, in a thread of its own, because the JobManager's main thread must not wait. */
    @Override
    public void start() {
        started = true;
        shown = ledger.metrics(context.metricGroup());
        log(restored == NO_CHECKPOINT ? "The batch begins." : "The batch goes on from checkpoint " + restored + ".");
        if (restored == NO_CHECKPOINT || limits.maxRatio() == 1) {
            return;
        }
        long checkpoint = restored;
        CompletableFuture<Counts> read = new CompletableFuture<>();
        before = read;
        Thread thread = new Thread(() -> read.complete(committedUpTo(checkpoint)), "breaker-" + batchId);
        thread.setContextClassLoader(context.getUserCodeClassloader());
        thread.setDaemon(true);
        thread.start();
        reader = thread;
    }

    private void log(String message) {
        try (MDC.MDCCloseable batch = LogContext.batch(batchId)) {
            LOG.info(message);
        }
    }

    /**
     * Counts what was committed up to the restored checkpoint. Newer lines are left out, because they are this job's own and its
     * subtasks report them. The restored job may commit its last lines late.
     */
    private Counts committedUpTo(long checkpoint) {
        try {
            return ledger.committed(checkpoint);
        } catch (RuntimeException e) {
            LOG.warn(
                    "The ledger of {} cannot be read; --max-dlq-ratio counts only the records since the restore.",
                    batchId,
                    e);
            return Counts.NONE;
        }
    }

    @Override
    public void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        counts.add(subtask, (SubtaskCounts) event);
        long whole = counts.whole(context.currentParallelism());
        // The counts from before the restore may not be known yet. The next checkpoint is then soon enough, because the
        // source reads nothing before they are known.
        if (whole <= passed || !knowsWhatWasBefore()) {
            return;
        }
        SubtaskCounts since = counts.upTo(whole);
        Counts earlier = before.join();
        if (limits.exceededBy(since.dead() + earlier.deadLetters(), since.read() + earlier.inRange())) {
            throw new SuppressRestartsException(new TooManyDeadLettersException(tooMany(since, earlier)));
        }
        passed = whole;
        if (whole == BatchCounts.ENDED) {
            sayTheShare(since, earlier);
        }
    }

    /** Warns at the end of a batch that exceeds the limit. It is too late to stop it, but its dead letters need attention. */
    private void sayTheShare(SubtaskCounts since, Counts earlier) {
        long dead = since.dead() + earlier.deadLetters();
        long read = since.read() + earlier.inRange();
        if (limits.exceededAtTheEndBy(dead, read)) {
            try (MDC.MDCCloseable batch = LogContext.batch(batchId)) {
                LOG.warn("The batch reaches its end, but {}.", share(dead, read));
            }
        }
    }

    private String share(long dead, long read) {
        return "%s of %s records (%s) are dead letters, more than --max-dlq-ratio %s allows"
                .formatted(
                        Words.count(dead),
                        Words.count(read),
                        Words.percent(100.0 * dead / read),
                        BigDecimal.valueOf(limits.maxRatio()).toPlainString());
    }

    boolean knowsWhatWasBefore() {
        return before.isDone();
    }

    private String tooMany(SubtaskCounts since, Counts earlier) {
        SubtaskCounts all =
                new SubtaskCounts(0, earlier.inRange(), earlier.deadLettersByReason(), Map.of()).plus(since);
        return ("the batch is stopped: %s;"
                        + " most are %s. Nothing since the last checkpoint was written. Check these records; then correct"
                        + " the revision or raise --max-dlq-ratio, and continue with: backprocess resume --batch-id %s")
                .formatted(share(all.dead(), all.read()), topReasons(all), batchId);
    }

    private String topReasons(SubtaskCounts all) {
        return all.deadLetters().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(REASONS_NAMED)
                .map(reason -> {
                    String example = all.examples().get(reason.getKey());
                    return "%s (%s%s)"
                            .formatted(
                                    reason.getKey(),
                                    Words.count(reason.getValue()),
                                    example == null ? "" : ", like " + sourceTopic + "/" + example);
                })
                .collect(Collectors.joining(", "));
    }

    /** Stores no state, because the ledger has the counts. */
    @Override
    public void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> result) {
        result.complete(new byte[0]);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        counts.settle(checkpointId);
    }

    /**
     * Notes the checkpoint from which the job starts again. A call before {@link #start} is the restore of a job. A later call is
     * a failure of the whole job, and the counts of this breaker then suffice without the ledger.
     */
    @Override
    public void resetToCheckpoint(long checkpointId, byte @Nullable [] nothing) {
        if (started) {
            counts.rewindAll(checkpointId);
            passed = Math.min(passed, checkpointId);
        } else {
            restored = checkpointId;
        }
    }

    @Override
    public void subtaskReset(int subtask, long checkpointId) {
        counts.rewind(subtask, checkpointId);
        passed = Math.min(passed, checkpointId);
    }

    @Override
    public void executionAttemptFailed(int subtask, int attempt, @Nullable Throwable reason) {}

    @Override
    public void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {}

    @Override
    public void close() throws Exception {
        if (shown != null) {
            shown.close();
        }
        if (reader != null) {
            reader.interrupt();
        }
    }
}
