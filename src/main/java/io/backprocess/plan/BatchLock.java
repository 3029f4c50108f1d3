package io.backprocess.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Lets one command at a time start, pause or abandon a batch. Two operators who resume the same batch at once would both find
 * no live job, and the younger job would shut the older one out; two who pause it at once make Flink restart the job.
 *
 * <p>Kafka decides, by the transactional id {@code backprocess.<batch-id>.lock}. The second to come either finds the first
 * one's record, and gives up, or has shut it out before that record was written, and then the first gives up.
 */
public final class BatchLock implements AutoCloseable {
    /** A command that died in between holds others up for so long. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Holding(String by, Instant at, boolean done) {}

    private final String batchId;
    private final String by;
    private final Properties kafka;
    private long kept = System.nanoTime();
    private final KafkaProducer<byte[], byte[]> producer;

    private BatchLock(String batchId, String by, Properties kafka) {
        this.batchId = batchId;
        this.by = by;
        this.kafka = kafka;
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "backprocess." + batchId + ".lock");
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) BatchOwner.TRANSACTION_TIMEOUT.toMillis());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** @throws BatchException refused, when somebody else does that at this moment */
    public static BatchLock take(String batchId, String by, Properties kafka) {
        BatchLock lock = new BatchLock(batchId, by, kafka);
        try {
            lock.refuseAnother();
            lock.producer.initTransactions();
            // Once more: what was written between the first look and now was not shut out.
            lock.refuseAnother();
            lock.write();
            return lock;
        } catch (RuntimeException e) {
            lock.producer.close(Duration.ZERO);
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
        if (other != null
                && other.at() != null
                && !other.done()
                && other.at().plus(LEASE).isAfter(Instant.now())) {
            throw held("by %s since %s".formatted(other.by(), other.at()));
        }
    }

    private BatchException held(String whom) {
        return BatchException.refused(
                "%s is being started, paused or abandoned at this moment %s; look at it with: status --batch-id %s (should that command have died: try again in %d s)"
                        .formatted(batchId, whom, batchId, LEASE.toSeconds()));
    }

    /**
     * Holds it for longer; to be called now and then by what takes its time.
     *
     * @throws BatchException refused, when it took so long to get here that somebody else has come in between
     */
    public void keep() {
        if (System.nanoTime() - kept > LEASE.toNanos() / 4) {
            write();
            kept = System.nanoTime();
        }
    }

    private void write() {
        try {
            producer.beginTransaction();
            producer.send(BatchesTopic.record(key(), holding(false))).get();
            producer.commitTransaction();
        } catch (ExecutionException | KafkaException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                    throw held("by somebody else");
                }
            }
            throw BatchException.failed(
                    "cannot note in %s that somebody works on %s: %s"
                            .formatted(Topics.BATCHES, batchId, e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while locking " + batchId, e);
        }
    }

    private String holding(boolean done) {
        return PlanJson.write(new Holding(by, Instant.now(), done));
    }

    private String key() {
        return batchId + "/lock";
    }

    /** Whether it worked or not: others may look now. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
        try {
            BatchesTopic.write(kafka, key(), holding(true));
        } catch (BatchException e) {
            // Then it ends by itself; what was done under it is done.
        }
    }
}
