package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.FencedWriter;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.Offsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The Kafka transactions in which a command writes to a batch's topics: records, and the ledger lines that count them and give
 * their offsets.
 *
 * <p>A batch has one transactional id for each command, {@code backprocess.<batch-id>.<command>}. Killed before a commit: the
 * next start of the command aborts the transaction. The ledger line is aborted too, so the work is done again. Killed during a
 * commit: the next start waits until the commit has ended, and then reads the line. The same command started meanwhile: this
 * process is fenced at its next commit, and nothing of that transaction becomes visible.
 */
final class Transactions implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final String command;
    private final String lookAt;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final Map<TopicPartition, Long> written = new HashMap<>();
    private int committed;

    /**
     * Opens the transactions, and fences any other process that runs the same command for the batch.
     *
     * @param lookAt the command line that shows the remaining work
     */
    Transactions(String batchId, String command, String lookAt, KafkaClients kafka) {
        this.command = command;
        this.lookAt = lookAt;
        this.producer = ExactlyOnce.openProducer(batchId, command, kafka);
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw failure(e);
        }
    }

    void begin() {
        try {
            producer.beginTransaction();
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        try {
            Future<RecordMetadata> future = producer.send(record);
            sent.add(future);
            return future;
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    List<Future<RecordMetadata>> send(List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> futures = new ArrayList<>(records.size());
        records.forEach(record -> futures.add(send(record)));
        return futures;
    }

    /** Writes a ledger line after all records that it counts. */
    void sendLine(ProducerRecord<byte[], byte[]> line) {
        var unused = send(line);
    }

    /**
     * The offsets of records of one topic.
     *
     * @param here the offsets in the partition that was asked for
     * @param elsewhere the offsets in the topic's other partitions
     */
    record Written(Offsets here, SortedMap<Integer, Offsets> elsewhere) {}

    /** Returns the offsets of these records on their topic. It waits until they have arrived. */
    Written offsets(List<Future<RecordMetadata>> futures, int partition) {
        Written offsets = new Written(new Offsets(), new TreeMap<>());
        for (RecordMetadata record : arrived(futures)) {
            Offsets there = record.partition() == partition
                    ? offsets.here
                    : offsets.elsewhere.computeIfAbsent(record.partition(), any -> new Offsets());
            there.add(record.offset());
        }
        return offsets;
    }

    /**
     * Commits the transaction.
     *
     * @param before an action that is run when all records have arrived, before the commit
     */
    void commit(Runnable before) {
        for (RecordMetadata record : arrived(sent)) {
            written.merge(new TopicPartition(record.topic(), record.partition()), record.offset(), Math::max);
        }
        sent.clear();
        before.run();
        try {
            producer.commitTransaction();
        } catch (KafkaException e) {
            throw failure(e);
        }
        committed++;
    }

    private List<RecordMetadata> arrived(List<Future<RecordMetadata>> futures) {
        List<RecordMetadata> arrived = new ArrayList<>(futures.size());
        try {
            producer.flush();
            for (Future<RecordMetadata> future : futures) {
                arrived.add(future.get());
            }
        } catch (KafkaException e) {
            throw failure(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted; committed work stays", e);
        }
        return arrived;
    }

    /**
     * Returns the last offset written to each partition, so that the caller can wait for it. A commit becomes visible a moment
     * later.
     */
    Map<TopicPartition, Long> written() {
        return written;
    }

    /** Returns the number of committed transactions. */
    int committed() {
        return committed;
    }

    private BatchException failure(KafkaException e) {
        if (FencedWriter.isOvertaken(e)) {
            return BatchException.refused(
                    ("another %s of the batch has taken over, or this one paused for too long; %d of its transactions"
                                    + " are committed, nothing else of it is visible. Check the remaining work with:"
                                    + " %s")
                            .formatted(command, committed, lookAt));
        }
        return BatchException.failed(
                ("Kafka could not write the %s: %s; %d transactions are committed. Run the same command again: it"
                                + " goes on from there")
                        .formatted(command, e.getMessage(), committed),
                e);
    }

    /** Aborts a transaction that is not committed. */
    @Override
    public void close() {
        producer.close(CLOSING);
    }
}
