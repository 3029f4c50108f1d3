package io.backprocess.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.PlanJson;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.kafka.BatchesReader;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.FencedWriter;
import io.backprocess.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Lets only one command at a time start, pause or abandon a batch. Two operators who resume the same batch at once would both
 * find no live job, and the newer job would fence the older one. Two operators who pause it at once make Flink restart the job.
 *
 * <p>Kafka decides which command wins, by the transactional id {@code backprocess.<batch-id>.lock}. The second command either
 * finds the record of the first one and gives up, or it has fenced the first one before that record was written. Then the first
 * one gives up. The age of a record is measured with the broker's clock, because the clocks of hosts differ. The operator's own
 * clock is used only if the topic was created without append times.
 */
public final class BatchLock implements AutoCloseable {
    /** The time for which the lock of a command that died blocks other commands. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Holding(String by, Instant at, boolean done) {}

    private final String batchId;
    private final String by;
    private final KafkaClients kafka;
    private long kept = System.nanoTime();
    private @Nullable FencedWriter writer;

    private BatchLock(String batchId, String by, KafkaClients kafka) {
        this.batchId = batchId;
        this.by = by;
        this.kafka = kafka;
    }

    /**
     * Takes the lock.
     *
     * @throws BatchException of kind refused, if another command holds the lock at this moment
     */
    public static BatchLock take(String batchId, String by, KafkaClients kafka) {
        try (BatchesReader batches = new BatchesReader(kafka)) {
            return take(batchId, by, kafka, batches);
        }
    }

    /**
     * Takes the lock with a reader that is open.
     *
     * @throws BatchException of kind refused, if another command holds the lock at this moment
     */
    public static BatchLock take(String batchId, String by, KafkaClients kafka, BatchesReader batches) {
        BatchLock lock = new BatchLock(batchId, by, kafka);
        lock.refuseAnother(batches);
        try {
            lock.writer = FencedWriter.open(TransactionalIds.of(batchId, TransactionalIds.LOCK), kafka);
            // Check again, because a record written between the first check and now was not fenced.
            lock.refuseAnother(batches);
            lock.write(false);
            return lock;
        } catch (FencedWriter.Fenced e) {
            lock.release();
            throw lock.held("by another process");
        } catch (RuntimeException e) {
            lock.release();
            throw e;
        }
    }

    private void refuseAnother(BatchesReader batches) {
        List<ConsumerRecord<byte[], byte[]>> last = new ArrayList<>();
        batches.readSettled(record -> {
            if (BatchesTopic.hasKey(record, key()) && record.value() != null) {
                last.clear();
                last.add(record);
            }
        });
        if (last.isEmpty()) {
            return;
        }
        @Nullable Holding other;
        try {
            other = PlanJson.read(last.get(0).value(), Holding.class);
        } catch (IOException | IllegalArgumentException e) {
            // A damaged lock is ignored. A lock protects for two minutes at most, so waiting would bring little.
            return;
        }
        if (other != null && other.at() != null && !other.done() && isFresh(other, last.get(0))) {
            throw held("by %s since %s".formatted(other.by(), other.at()));
        }
    }

    private boolean isFresh(Holding other, ConsumerRecord<byte[], byte[]> record) {
        if (record.timestampType() == TimestampType.LOG_APPEND_TIME) {
            long now =
                    BatchesTopic.write(kafka, batchId + "/asked", PlanJson.write(new Holding(by, Instant.now(), true)));
            return now - record.timestamp() < LEASE.toMillis();
        }
        // A time that is further ahead than the lease comes from a wrong clock and is not fresh.
        return Duration.between(other.at(), Instant.now()).abs().compareTo(LEASE) < 0;
    }

    private BatchException held(String whom) {
        return BatchException.refused(
                "%s is being started, paused or abandoned at this moment %s; check it with: status --batch-id %s (if that command has died, try again in %d s)"
                        .formatted(batchId, whom, batchId, LEASE.toSeconds()));
    }

    /**
     * Extends the lock. A command that takes long must call this from time to time.
     *
     * @throws BatchException of kind refused, if the lock had expired and another process has taken it
     */
    public void keep() {
        if (System.nanoTime() - kept > LEASE.toNanos() / 4) {
            try {
                write(false);
            } catch (FencedWriter.Fenced e) {
                throw held("by another process");
            }
            kept = System.nanoTime();
        }
    }

    private void write(boolean done) throws FencedWriter.Fenced {
        if (writer != null) {
            writer.write(key(), PlanJson.write(new Holding(by, Instant.now(), done)));
        }
    }

    private String key() {
        return batchId + "/lock";
    }

    private void release() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    /**
     * Releases the lock, even if the command failed or was interrupted. A lock that another process has taken over is left to
     * that process.
     */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            write(true);
        } catch (FencedWriter.Fenced | BatchException e) {
            // The lock then expires by itself. The work that was done under it stays valid.
        } finally {
            release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
