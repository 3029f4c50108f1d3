package io.backprocess.rewrite;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.replay.Replay;
import io.backprocess.rewrite.Attempt.FailedAgain;
import io.backprocess.rewrite.Attempt.Succeeded;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes related records in one transaction: results, the dead letters of records that failed again, and the ledger lines that
 * count both and give their offsets.
 */
final class RedriveTransactions implements RedriveOutput {
    private final String batchId;
    private final RedriveRequest request;
    private final Replay replay;
    private final CommitPolicy commits;
    private final Transactions transactions;
    private final Map<Integer, PartitionLine> lines = new TreeMap<>();
    private long sent;
    private long begun;

    /** Opens the transactions, and fences any other process that redrives the batch. */
    RedriveTransactions(
            BatchPlan plan, KafkaClients kafka, RedriveRequest request, Replay replay, CommitPolicy commits) {
        this.batchId = plan.spec().batchId();
        this.request = request;
        this.replay = replay;
        this.commits = commits;
        this.transactions = new Transactions(batchId, TransactionalIds.REDRIVE, "redrive --batch-id " + batchId, kafka);
    }

    @Override
    public void write(Succeeded attempt) {
        begin();
        PartitionLine line = line(attempt.letter().record().partition());
        line.succeed(attempt.letter().offset(), attempt.letter().failure().reason());
        for (ProducerRecord<byte[], byte[]> result : attempt.results()) {
            line.result(transactions.send(result));
        }
        sent += 1 + attempt.results().size();
    }

    @Override
    public void write(FailedAgain attempt) {
        begin();
        line(attempt.letter().record().partition())
                .fail(
                        attempt.letter().offset(),
                        attempt.letter().failure().reason(),
                        attempt.reason(),
                        transactions.send(attempt.record()));
        sent++;
    }

    private PartitionLine line(int partition) {
        return lines.computeIfAbsent(partition, PartitionLine::new);
    }

    private void begin() {
        if (lines.isEmpty()) {
            transactions.begin();
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
        for (PartitionLine line : lines.values()) {
            transactions.sendLine(
                    replay.ledgerEntry(line.entry(batchId, request, replay.maxResultBytes(), transactions::offsets)));
        }
        transactions.commit(() -> commits.before().accept(transactions.committed()));
        lines.clear();
        sent = 0;
        commits.after().accept(transactions.committed());
    }

    /** Returns the last offset written to each partition. */
    Map<TopicPartition, Long> written() {
        return transactions.written();
    }

    /** Aborts a transaction that is not committed. */
    @Override
    public void close() {
        transactions.close();
    }
}
