package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.BatchOwner;
import io.backprocess.event.LedgerEntry;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.FencedWriter;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Repaired;
import io.backprocess.replay.Replay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes a chunk and the ledger line that says where it stands in one Kafka transaction, under the transactional id
 * {@code backprocess.<batch-id>.repair}.
 *
 * <p>Killed before a commit: the next repair's start aborts what was written, and since the line is gone as well, the ledger
 * still lacks these offsets. Another repair started meanwhile: this one is fenced at its next commit. It owns the batch as a
 * job does, so that a copy of the job that nobody sees cannot commit beside it, nor it beside a job that was started since.
 */
final class RepairTransactions implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final String batchId;
    private final KafkaProducer<byte[], byte[]> producer;
    private final BatchOwner owner;
    private final Map<TopicPartition, Long> written = new HashMap<>();
    private int committed;

    /** Fences whoever repairs or runs the batch at this moment. */
    RepairTransactions(BatchPlan plan, Properties kafka) {
        this.batchId = plan.spec().batchId();
        this.owner = new BatchOwner(batchId, "repair-" + UUID.randomUUID(), kafka);
        this.producer = new KafkaProducer<>(
                ExactlyOnce.ofCommand(batchId, "repair", kafka), new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            prove();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw failure(e);
        } catch (BatchException e) {
            close();
            throw e;
        }
    }

    void commit(Chunk chunk, Replay replay, Runnable beforeCommit) {
        prove();
        try {
            producer.beginTransaction();
            List<Future<RecordMetadata>> results = send(chunk.results);
            List<Future<RecordMetadata>> deadLetters = send(chunk.deadLetters);
            producer.flush();
            Repaired repaired = new Repaired(offsets(results), offsets(deadLetters), chunk.origins);
            LedgerEntry entry = new LedgerEntry(chunk.partition, repaired.write(chunk.line(batchId)));
            List<Future<RecordMetadata>> line = send(List.of(replay.ledgerEntry(entry)));
            producer.flush();
            remember(results);
            remember(deadLetters);
            remember(line);
            beforeCommit.run();
            producer.commitTransaction();
            committed++;
        } catch (KafkaException e) {
            throw failure(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted; what was committed stays", e);
        }
    }

    private void prove() {
        try {
            owner.prove();
        } catch (SuppressRestartsException e) {
            throw BatchException.refused(
                    "batch '%s' was started, repaired or abandoned by another process meanwhile; %d transactions of this repair are committed, nothing else is seen of it. Look at it with: status --batch-id %s"
                            .formatted(batchId, committed, batchId));
        } catch (IllegalStateException e) {
            throw BatchException.unreachable(e.getMessage() + "; the same command goes on from there", e);
        }
    }

    private List<Future<RecordMetadata>> send(List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
        for (ProducerRecord<byte[], byte[]> record : records) {
            sent.add(producer.send(record));
        }
        return sent;
    }

    private static Offsets offsets(List<Future<RecordMetadata>> sent) throws ExecutionException, InterruptedException {
        Offsets offsets = new Offsets();
        for (Future<RecordMetadata> each : sent) {
            offsets.add(each.get().offset());
        }
        return offsets;
    }

    private void remember(List<Future<RecordMetadata>> sent) throws ExecutionException, InterruptedException {
        for (Future<RecordMetadata> each : sent) {
            RecordMetadata record = each.get();
            written.merge(new TopicPartition(record.topic(), record.partition()), record.offset(), Math::max);
        }
    }

    /** The last offset written to each partition, so that it can be waited for: a commit is seen a moment after it. */
    Map<TopicPartition, Long> written() {
        return written;
    }

    int committed() {
        return committed;
    }

    private BatchException failure(KafkaException e) {
        if (FencedWriter.isOvertaken(e)) {
            return BatchException.refused(
                    "another repair of the batch has taken over, or this one stood still for too long; %d of its transactions are committed, nothing else is seen of it. Look at what is left with: verify --batch-id %s --repair"
                            .formatted(committed, batchId));
        }
        return BatchException.failed(
                "Kafka could not write the repair: %s; %d transactions are committed. The same command goes on from there"
                        .formatted(e.getMessage(), committed),
                e);
    }

    /** Aborts what is not committed. */
    @Override
    public void close() {
        producer.close(CLOSING);
        owner.close();
    }
}
