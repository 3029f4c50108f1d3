package io.backprocess.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.PlanJson;
import io.backprocess.kafka.BatchesTopic;
import io.backprocess.kafka.FencedWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Lets one command at a time start, pause or abandon a batch. Two operators who resume the same batch at once would both find
 * no live job, and the younger job would shut the older one out; two who pause it at once make Flink restart the job.
 *
 * <p>Kafka decides, by the transactional id {@code backprocess.<batch-id>.lock}. The second to come either finds the first
 * one's record, and gives up, or has shut it out before that record was written, and then the first gives up. How old a record is
 * tells the broker's clock, since hosts' clocks differ; the operator's own only where the topic was made without append times.
 */
public final class BatchLock implements AutoCloseable {
    /** A command that died in between holds others up for so long. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Holding(String by, Instant at, boolean done) {}

    private final String batchId;
    private final String by;
    private final Properties kafka;
    private long kept = System.nanoTime();
    private @Nullable FencedWriter writer;

    private BatchLock(String batchId, String by, Properties kafka) {
        this.batchId = batchId;
        this.by = by;
        this.kafka = kafka;
    }

    /** @throws BatchException refused, when another process does that at this moment */
    public static BatchLock take(String batchId, String by, Properties kafka) {
        BatchLock lock = new BatchLock(batchId, by, kafka);
        lock.refuseAnother();
        try {
            lock.writer = FencedWriter.open("backprocess." + batchId + ".lock", kafka);
            // Once more: what was written between the first look and now was not shut out.
            lock.refuseAnother();
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

    private void refuseAnother() {
        List<ConsumerRecord<byte[], byte[]>> last = new ArrayList<>();
        BatchesTopic.read(kafka, "read_committed", record -> {
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
            // It guards two minutes at most; what cannot be read guards nothing.
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
        // A clock that is further ahead than this says nothing.
        return Duration.between(other.at(), Instant.now()).abs().compareTo(LEASE) < 0;
    }

    private BatchException held(String whom) {
        return BatchException.refused(
                "%s is being started, paused or abandoned at this moment %s; look at it with: status --batch-id %s (should that command have died: try again in %d s)"
                        .formatted(batchId, whom, batchId, LEASE.toSeconds()));
    }

    /**
     * Holds it for longer; to be called now and then by what takes its time.
     *
     * @throws BatchException refused, when it took so long to get here that another process has come in between
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
     * Whether it worked, or was interrupted: others may look now. One that another process has taken over is that one's to end.
     */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            write(true);
        } catch (FencedWriter.Fenced | BatchException e) {
            // Then it ends by itself; what was done under it is done.
        } finally {
            release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
