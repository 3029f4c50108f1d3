package io.backprocess.kafka;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.TopicNames;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to {@code backprocess.batches} under a transactional id. Kafka lets one producer at a time write under an id, the one
 * that was opened last. From then on nothing of a former producer is committed. Other writers under transactional ids ask this
 * class whether they are fenced.
 */
public final class FencedWriter implements AutoCloseable {
    /** Every transaction on the topic ends within this time, committed or aborted. */
    public static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaProducer<byte[], byte[]> producer;

    /** Another writer of the same transactional id was opened after this one. */
    public static final class Fenced extends Exception {
        private static final long serialVersionUID = 1;

        Fenced(Throwable cause) {
            super(cause);
        }
    }

    private FencedWriter(String transactionalId, KafkaClients kafka) {
        producer = producer(transactionalId, kafka);
    }

    /**
     * Opens the producer of a writer that handles its failures itself. Until its transactions are initialised, it fences no
     * earlier producer of the same transactional id.
     */
    public static KafkaProducer<byte[], byte[]> producer(String transactionalId, KafkaClients kafka) {
        return kafka.with(ProducerConfig.ACKS_CONFIG, "all")
                .with(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId)
                .with(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis())
                .with(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis())
                .with(ProducerConfig.LINGER_MS_CONFIG, 0)
                .openProducer();
    }

    /**
     * Opens a writer, which fences any earlier writer of the same transactional id.
     *
     * @throws Fenced when another writer was opened at the same time
     * @throws BatchException unreachable, when Kafka does not answer in time; failed, when it rejects the writer
     */
    public static FencedWriter open(String transactionalId, KafkaClients kafka) throws Fenced {
        FencedWriter writer = new FencedWriter(transactionalId, kafka);
        try {
            writer.producer.initTransactions();
            return writer;
        } catch (KafkaException e) {
            writer.close();
            if (isFenced(e)) {
                throw new Fenced(e);
            }
            String what = "cannot begin to write to %s as %s: %s"
                    .formatted(TopicNames.BATCHES, transactionalId, e.getMessage());
            throw e instanceof TimeoutException ? BatchException.unreachable(what, e) : BatchException.failed(what, e);
        }
    }

    /**
     * Writes one record, which is committed when this returns.
     *
     * @param value null deletes the key's record
     * @throws Fenced when another writer of the same transactional id was opened
     * @throws BatchException failed, when Kafka does not store the record
     */
    public void write(String key, @Nullable String value) throws Fenced {
        try {
            producer.beginTransaction();
            producer.send(BatchesTopic.record(key, value)).get();
            producer.commitTransaction();
        } catch (ExecutionException | KafkaException e) {
            if (isOvertaken(e)) {
                throw new Fenced(e);
            }
            throw BatchesTopic.notStored(key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while storing " + key, e);
        }
    }

    /**
     * Tells whether another writer of the same transactional id was opened. Kafka then ends the former writer's open
     * transaction. Until that is done, a commit of the former writer fails with an invalid state.
     */
    public static boolean isOvertaken(Throwable failure) {
        return isFenced(failure)
                || Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                        .anyMatch(InvalidTxnStateException.class::isInstance);
    }

    /** Tells whether Kafka itself says that another writer of the same transactional id was opened. */
    public static boolean isFenced(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
