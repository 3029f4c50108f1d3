package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.control.BatchOwner;
import io.backprocess.event.LedgerEntry;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.Repaired;
import io.backprocess.replay.Replay;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes a chunk, together with the ledger line that gives its offsets, in one transaction. It owns the batch as a job does. So
 * an undetected copy of the job cannot commit beside the repair, and the repair cannot commit beside a job that was started
 * since.
 */
final class RepairTransactions implements AutoCloseable {
    private final String batchId;
    private final CommitPolicy commits;
    private final BatchOwner owner;
    private final Transactions transactions;

    /** Opens the transactions, and fences any other process that repairs or runs the batch. */
    RepairTransactions(BatchPlan plan, KafkaClients kafka, CommitPolicy commits) {
        this.batchId = plan.spec().batchId();
        this.commits = commits;
        this.owner = new BatchOwner(batchId, "repair-" + UUID.randomUUID(), kafka);
        this.transactions = new Transactions(
                batchId, TransactionalIds.REPAIR, "verify --batch-id %s --repair".formatted(batchId), kafka);
        try {
            prove();
        } catch (BatchException e) {
            close();
            throw e;
        }
    }

    void commit(Chunk chunk, Replay replay) {
        prove();
        transactions.begin();
        List<Future<RecordMetadata>> results = transactions.send(chunk.results);
        List<Future<RecordMetadata>> deadLetters = transactions.send(chunk.deadLetters);
        Transactions.Written written = transactions.offsets(results, chunk.partition);
        Repaired repaired = new Repaired(
                written.here(),
                transactions.offsets(deadLetters, chunk.partition).here(),
                chunk.origins,
                written.elsewhere());
        transactions.sendLine(
                replay.ledgerEntry(new LedgerEntry(chunk.partition, repaired.write(chunk.line(batchId)))));
        transactions.commit(() -> commits.before().accept(transactions.committed()));
        commits.after().accept(transactions.committed());
    }

    private void prove() {
        try {
            owner.prove();
        } catch (SuppressRestartsException e) {
            throw BatchException.refused(
                    ("batch '%s' was started, repaired or abandoned by another process meanwhile; %d transactions of"
                                    + " this repair are committed, nothing else of it is visible. Check it with:"
                                    + " status --batch-id %s")
                            .formatted(batchId, transactions.committed(), batchId));
        } catch (IllegalStateException e) {
            throw BatchException.unreachable(e.getMessage() + "; run the same command again, it goes on from there", e);
        }
    }

    /** Returns the last offset written to each partition. */
    Map<TopicPartition, Long> written() {
        return transactions.written();
    }

    int committed() {
        return transactions.committed();
    }

    /** Aborts a transaction that is not committed. */
    @Override
    public void close() {
        transactions.close();
        owner.close();
    }
}
