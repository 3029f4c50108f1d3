package io.backprocess.metrics;

import io.backprocess.ledger.LedgerFollower;
import io.backprocess.ledger.LedgerReader;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a batch's ledger every few seconds, in the JobManager, in a thread of its own, and shows it as metrics. A ledger
 * that cannot be read is logged once and leaves the last figures; the job knows nothing of it.
 */
public final class LedgerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerWatch.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final String batchId;
    private final LedgerReader ledger;
    private final BatchMetrics metrics;
    private final ScheduledExecutorService thread;

    private @Nullable LedgerFollower follower;
    private boolean failed;

    private LedgerWatch(String batchId, LedgerReader ledger, MetricGroup group) {
        this.batchId = batchId;
        this.ledger = ledger;
        this.metrics = new BatchMetrics(group, batchId);
        ClassLoader classes = LedgerWatch.class.getClassLoader();
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread watch = new Thread(task, "ledger-watch-" + batchId);
            watch.setDaemon(true);
            watch.setContextClassLoader(classes);
            return watch;
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // look() throws nothing that could be lost in it
    public static LedgerWatch start(String batchId, LedgerReader ledger, MetricGroup group) {
        LedgerWatch watch = new LedgerWatch(batchId, ledger, group);
        watch.thread.scheduleWithFixedDelay(watch::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    private void look() {
        try {
            if (follower == null) {
                follower = ledger.followFigures();
            }
            metrics.show(follower.poll());
            failed = false;
        } catch (RuntimeException e) {
            drop();
            if (!failed && !thread.isShutdown()) {
                LOG.warn("The ledger of {} cannot be read; its metrics stay as they are until it can.", batchId, e);
            }
            failed = true;
        }
    }

    private void drop() {
        if (follower != null) {
            follower.close();
            follower = null;
        }
    }

    /** Does not wait. */
    @Override
    public void close() {
        thread.execute(this::drop);
        thread.shutdown();
    }
}
