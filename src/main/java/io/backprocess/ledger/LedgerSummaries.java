package io.backprocess.ledger;

import io.backprocess.batch.LogContext;
import io.backprocess.kafka.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Writes a summary of a running batch's ledger after every {@value LedgerSummary#EVERY} lines, in the JobManager, in a thread of its own.
 * A summary needs no transaction, because the lines that it sums up are committed and stay. If a summary is missing, readers only
 * read more lines, so a failure to write one does not affect the job.
 */
public final class LedgerSummaries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerSummaries.class);
    private static final int MOST_BYTES = 16 * 1024 * 1024;
    private static final int LINES_A_PARTITION = 4;

    private final LedgerReader reader;
    private final ScheduledExecutorService thread;

    private @Nullable LedgerFollower follower;
    private long written;
    private boolean failed;

    private LedgerSummaries(LedgerReader reader) {
        this.reader = reader;
        ClassLoader classes = LedgerSummaries.class.getClassLoader();
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread summaries = new Thread(task, "ledger-summaries-" + reader.batchId());
            summaries.setDaemon(true);
            summaries.setContextClassLoader(classes);
            return summaries;
        });
    }

    /** @param period the time between two checks of the ledger */
    @SuppressWarnings("FutureReturnValueIgnored") // the task catches its exceptions, so none is lost in the future
    public static LedgerSummaries start(LedgerReader reader, Duration period) {
        LedgerSummaries summaries = new LedgerSummaries(reader);
        summaries.thread.scheduleWithFixedDelay(
                summaries::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return summaries;
    }

    private void look() {
        try {
            if (follower == null) {
                follower = reader.follow();
            }
            follower.poll();
            LedgerSummary newest = follower.newestSummary();
            if (newest != null && newest.extent().lines() - written >= atLeast(newest)) {
                write(newest);
                written = newest.extent().lines();
            }
            failed = false;
        } catch (RuntimeException | ExecutionException e) {
            drop();
            if (!failed && !thread.isShutdown()) {
                try (MDC.MDCCloseable batch = LogContext.batch(reader.batchId())) {
                    LOG.warn(
                            "The ledger of {} cannot be summed up; until it can, its readers must read more lines.",
                            reader.batchId(),
                            e);
                }
            }
            failed = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the number of lines that a summary is worth. It has a sum for each partition, so a few lines of each. */
    static long atLeast(LedgerSummary summary) {
        return Math.max(
                LedgerSummary.EVERY,
                (long) LINES_A_PARTITION * summary.partitions().size());
    }

    private void write(LedgerSummary summary) throws ExecutionException, InterruptedException {
        KafkaClients writing = reader.kafka()
                .without(ProducerConfig.TRANSACTIONAL_ID_CONFIG)
                .with(ProducerConfig.ACKS_CONFIG, "all")
                .with(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip")
                .with(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_BYTES)
                .with(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * MOST_BYTES)
                .with(ProducerConfig.LINGER_MS_CONFIG, 0);
        try (KafkaProducer<byte[], byte[]> producer = writing.openProducer()) {
            producer.send(new ProducerRecord<>(
                            reader.ledger().topic(),
                            reader.ledger().partition(),
                            LedgerSummary.key(reader.batchId()).getBytes(StandardCharsets.UTF_8),
                            summary.write()))
                    .get();
        }
    }

    private void drop() {
        if (follower != null) {
            follower.close();
            follower = null;
        }
    }

    /** Stops the thread without waiting for it. */
    @Override
    public void close() {
        thread.execute(this::drop);
        thread.shutdown();
    }
}
