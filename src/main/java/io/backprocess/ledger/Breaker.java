package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.LogContext;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Locale;
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
 * Stops a batch of which too much becomes dead letters, for good, before they are committed. It lives in the JobManager and
 * counts over all subtasks and the batch's whole life: what was committed before a restore comes from the ledger.
 *
 * <p>A subtask reports ahead of the barrier, so its report is here before it acknowledges the checkpoint, and the failure that is
 * thrown here ends the job before the next message is looked at: that checkpoint never completes, and Kafka never sees a commit
 * of what is in it. (Failing by {@code Context.failJob} would queue up behind the acknowledgement.)
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
    /** The newest checkpoint that was found good. */
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

    /** After a restore the ledger is read, aside: the JobManager's main thread must not wait. */
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

    /** Younger lines are this job's own, which its subtasks report. The restored job may commit its last ones late. */
    private Counts committedUpTo(long checkpoint) {
        try {
            return ledger.committed(checkpoint);
        } catch (RuntimeException e) {
            LOG.warn(
                    "The ledger of {} cannot be read; --max-dlq-ratio is of the records since the restore only.",
                    batchId,
                    e);
            return Counts.NONE;
        }
    }

    @Override
    public void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        counts.add(subtask, (SubtaskCounts) event);
        long whole = counts.whole(context.currentParallelism());
        // Before the ledger is known nothing is read either, by the same rule in the source; the next checkpoint will
        // do.
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

    /** However few records there are: nothing stops a batch at its end, but someone should look at it. */
    private void sayTheShare(SubtaskCounts since, Counts earlier) {
        long dead = since.dead() + earlier.deadLetters();
        long read = since.read() + earlier.inRange();
        if (limits.exceededAtTheEndBy(dead, read)) {
            try (MDC.MDCCloseable batch = LogContext.batch(batchId)) {
                LOG.warn("The batch comes to its end, but {}.", share(dead, read));
            }
        }
    }

    private String share(long dead, long read) {
        return "%s of %s records (%s %%) are dead letters, more than --max-dlq-ratio %s allows"
                .formatted(
                        grouped(dead),
                        grouped(read),
                        String.format(Locale.ROOT, "%.1f", 100.0 * dead / read),
                        BigDecimal.valueOf(limits.maxRatio()).toPlainString());
    }

    boolean knowsWhatWasBefore() {
        return before.isDone();
    }

    private String tooMany(SubtaskCounts since, Counts earlier) {
        SubtaskCounts all =
                new SubtaskCounts(0, earlier.inRange(), earlier.deadLettersByReason(), Map.of()).plus(since);
        return ("the batch is stopped: %s;"
                        + " most are %s. Nothing since the last checkpoint was written. Look at these records; then correct"
                        + " the revision or raise --max-dlq-ratio, and go on with: backprocess resume --batch-id %s")
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
                                    grouped(reason.getValue()),
                                    example == null ? "" : ", like " + sourceTopic + "/" + example);
                })
                .collect(Collectors.joining(", "));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    /** Without state: what it knew is in the ledger. */
    @Override
    public void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> result) {
        result.complete(new byte[0]);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        counts.settle(checkpointId);
    }

    /** Before the start it is the restore of a job; after it a failure of the whole job, which the ledger need not be asked for. */
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
