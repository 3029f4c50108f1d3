package io.backprocess.metrics;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.LogContext;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Reads a batch's ledger every few seconds, in the JobManager in a thread of its own, and shows it as metrics. If the ledger or
 * the source cannot be read, this is logged once and the last figures stay. The job is not affected.
 */
public final class LedgerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWatch.class);
    private static final Duration RETENTION_PERIOD = Duration.ofMinutes(1);

    private final String batchId;
    private final Instant begun;
    private final LedgerReader ledger;
    private final SourceOutlook source;
    private final BatchMetrics metrics;
    private final ScheduledExecutorService thread;

    private @Nullable LedgerFollower follower;
    private @Nullable BatchLedger seen;
    private boolean failed;
    private boolean retentionFailed;

    private LedgerWatch(BatchPlan plan, LedgerReader ledger, KafkaClients kafka, MetricGroup group) {
        this.batchId = plan.spec().batchId();
        this.begun = plan.creation().at();
        this.ledger = ledger;
        this.source = new SourceOutlook(plan, kafka);
        this.metrics = new BatchMetrics(group, batchId);
        ClassLoader classes = LedgerWatch.class.getClassLoader();
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread watch = new Thread(task, "ledger-watch-" + batchId);
            watch.setDaemon(true);
            watch.setContextClassLoader(classes);
            return watch;
        });
    }

    /** @param period the time between two reads of the ledger */
    @SuppressWarnings("FutureReturnValueIgnored") // the tasks catch their exceptions, so none is lost in the future
    public static LedgerWatch start(
            BatchPlan plan, LedgerReader ledger, KafkaClients kafka, Duration period, MetricGroup group) {
        LedgerWatch watch = new LedgerWatch(plan, ledger, kafka, group);
        watch.thread.scheduleWithFixedDelay(watch::look, 0, period.toMillis(), TimeUnit.MILLISECONDS);
        watch.thread.scheduleWithFixedDelay(
                watch::lookAtRetention, 0, RETENTION_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    private void look() {
        try {
            if (follower == null) {
                follower = ledger.follow();
            }
            BatchLedger now = follower.poll();
            metrics.show(now, source.ends(), begun);
            seen = now;
            failed = false;
        } catch (RuntimeException e) {
            drop();
            if (!failed) {
                warn("The ledger of {} cannot be read; its metrics stay as they are until it can.", e);
            }
            failed = true;
        }
    }

    private void lookAtRetention() {
        if (seen == null) {
            return;
        }
        try {
            metrics.show(source.retention(seen));
            retentionFailed = false;
        } catch (RuntimeException e) {
            if (!retentionFailed) {
                warn("Kafka does not say how long it keeps what {} has not read.", e);
            }
            retentionFailed = true;
        }
    }

    private void warn(String message, RuntimeException e) {
        if (!thread.isShutdown()) {
            try (MDC.MDCCloseable batch = LogContext.batch(batchId)) {
                LOG.warn(message, batchId, e);
            }
        }
    }

    private void drop() {
        if (follower != null) {
            follower.close();
            follower = null;
        }
        source.close();
    }

    /** Stops the thread without waiting for it. */
    @Override
    public void close() {
        thread.execute(this::drop);
        thread.shutdown();
    }
}
