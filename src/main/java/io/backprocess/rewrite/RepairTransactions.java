package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.BatchOwner;
import io.backprocess.event.LedgerEntry;
import io.backprocess.ledger.Repaired;
import io.backprocess.replay.Replay;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes a chunk and the ledger line that says where it stands in one transaction. It owns the batch as a job does, so that a copy of
 * the job that nobody sees cannot commit beside it, nor it beside a job that was started since.
 */
final class RepairTransactions implements AutoCloseable {
    private final String batchId;
    private final Commits commits;
    private final BatchOwner owner;
    private final Transactions transactions;

    /** Fences whoever repairs or runs the batch at this moment. */
    RepairTransactions(BatchPlan plan, Properties kafka, Commits commits) {
        this.batchId = plan.spec().batchId();
        this.commits = commits;
        this.owner = new BatchOwner(batchId, "repair-" + UUID.randomUUID(), kafka);
        this.transactions =
                new Transactions(batchId, "repair", "verify --batch-id %s --repair".formatted(batchId), kafka);
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
        Repaired repaired =
                new Repaired(transactions.offsets(results), transactions.offsets(deadLetters), chunk.origins);
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
                    "batch '%s' was started, repaired or abandoned by another process meanwhile; %d transactions of this repair are committed, nothing else is seen of it. Look at it with: status --batch-id %s"
                            .formatted(batchId, transactions.committed(), batchId));
        } catch (IllegalStateException e) {
            throw BatchException.unreachable(e.getMessage() + "; the same command goes on from there", e);
        }
    }

    /** The last offset written to each partition. */
    Map<TopicPartition, Long> written() {
        return transactions.written();
    }

    int committed() {
        return transactions.committed();
    }

    /** Aborts what is not committed. */
    @Override
    public void close() {
        transactions.close();
        owner.close();
    }
}
