package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.FencedWriter;
import io.backprocess.replay.Replay;
import io.backprocess.rewrite.Attempt.FailedAgain;
import io.backprocess.rewrite.Attempt.Succeeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes what belongs together in one Kafka transaction: results, the dead letters of those that failed again, and the ledger
 * lines that count both and say where they stand.
 *
 * <p>There is one transactional id a batch, {@code backprocess.<batch-id>.redrive}. Killed before a commit: the next redrive's
 * start aborts what was written, and since the ledger's line is gone as well, it is done again. Killed during a commit: the
 * next start waits for its end, and then the line is there. Another redrive started meanwhile: this one is fenced at its next
 * commit, and nothing of it is seen.
 */
final class RedriveTransactions implements RedriveOutput {
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final String batchId;
    private final RedriveRequest request;
    private final Replay replay;
    private final Commits commits;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<Integer, PartitionLine> lines = new TreeMap<>();
    private final Map<TopicPartition, Long> written = new HashMap<>();
    private long sent;
    private long begun;
    private int committed;

    /** Fences whoever redrives the batch at this moment. */
    RedriveTransactions(BatchPlan plan, Properties kafka, RedriveRequest request, Replay replay, Commits commits) {
        this.batchId = plan.spec().batchId();
        this.request = request;
        this.replay = replay;
        this.commits = commits;
        this.producer = new KafkaProducer<>(
                ExactlyOnce.ofCommand(batchId, "redrive", kafka), new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw failure(e);
        }
    }

    @Override
    public void write(Succeeded attempt) {
        begin();
        PartitionLine line = line(attempt.letter().record().partition());
        line.succeed(attempt.letter().offset(), attempt.letter().reason());
        try {
            for (ProducerRecord<byte[], byte[]> result : attempt.results()) {
                line.result(producer.send(result));
            }
        } catch (KafkaException e) {
            throw failure(e);
        }
        sent += 1 + attempt.results().size();
    }

    @Override
    public void write(FailedAgain attempt) {
        begin();
        try {
            line(attempt.letter().record().partition())
                    .fail(
                            attempt.letter().offset(),
                            attempt.letter().reason(),
                            attempt.reason(),
                            producer.send(attempt.record()));
        } catch (KafkaException e) {
            throw failure(e);
        }
        sent++;
    }

    private PartitionLine line(int partition) {
        return lines.computeIfAbsent(partition, PartitionLine::new);
    }

    private void begin() {
        if (lines.isEmpty()) {
            try {
                producer.beginTransaction();
            } catch (KafkaException e) {
                throw failure(e);
            }
            begun = System.nanoTime();
        }
    }

    @Override
    public void commitIfDue() {
        if (sent >= commits.records()
                || System.nanoTime() - begun > commits.time().toNanos()) {
            finish();
        }
    }

    @Override
    public void finish() {
        if (lines.isEmpty()) {
            return;
        }
        try {
            producer.flush();
            List<Future<RecordMetadata>> all = new ArrayList<>();
            for (PartitionLine line : lines.values()) {
                all.addAll(line.sent());
                all.add(producer.send(replay.ledgerEntry(line.entry(batchId, request, replay.maxResultBytes()))));
            }
            producer.flush();
            remember(all);
            commits.before().accept(committed);
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw failure(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted; what was committed stays", e);
        }
        lines.clear();
        sent = 0;
        committed++;
        commits.after().accept(committed);
    }

    private void remember(List<Future<RecordMetadata>> all) throws ExecutionException, InterruptedException {
        for (Future<RecordMetadata> each : all) {
            RecordMetadata record = each.get();
            written.merge(new TopicPartition(record.topic(), record.partition()), record.offset(), Math::max);
        }
    }

    /** The last offset written to each partition, so that it can be waited for: a commit is seen a moment after it. */
    Map<TopicPartition, Long> written() {
        return written;
    }

    private BatchException failure(KafkaException e) {
        if (FencedWriter.isOvertaken(e)) {
            return BatchException.refused(
                    ("another redrive of the batch has taken over, or this one stood still for too long;"
                                    + " %d of its transactions are committed, nothing else is seen of it."
                                    + " Look at what is left with: redrive --batch-id %s")
                            .formatted(committed, batchId));
        }
        return BatchException.failed(
                ("Kafka could not write the redrive: %s; %d transactions are committed."
                                + " The same command goes on from there")
                        .formatted(e.getMessage(), committed),
                e);
    }

    /** Aborts what is not committed. */
    @Override
    public void close() {
        producer.close(CLOSING);
    }
}
