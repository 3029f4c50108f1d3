package io.backprocess.rewrite;

import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Reason;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Redriven;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.apache.kafka.clients.producer.RecordMetadata;

/** A redrive's changes to one partition's dead letters since its last commit. */
final class PartitionLine {
    private static final long NO_CHECKPOINT = -1;

    private final int partition;
    private final Map<String, Long> deadLetters = new TreeMap<>();
    private final Offsets redriven = new Offsets();
    private final List<Future<RecordMetadata>> results = new ArrayList<>();
    private final List<Future<RecordMetadata>> failed = new ArrayList<>();
    private long taken;

    PartitionLine(int partition) {
        this.partition = partition;
    }

    void succeed(long offset, Reason reason) {
        redrive(offset, reason);
        taken++;
    }

    void result(Future<RecordMetadata> sent) {
        results.add(sent);
    }

    void fail(long offset, Reason before, Reason now, Future<RecordMetadata> sent) {
        redrive(offset, before);
        deadLetters.merge(now.toString(), 1L, Long::sum);
        failed.add(sent);
    }

    private void redrive(long offset, Reason before) {
        redriven.add(offset);
        deadLetters.merge(before.toString(), -1L, Long::sum);
    }

    /**
     * Returns the ledger line that counts these changes.
     *
     * @param offsets waits until the records have arrived and returns their offsets
     */
    LedgerEntry entry(
            String batchId,
            RedriveRequest request,
            int maxResultBytes,
            BiFunction<List<Future<RecordMetadata>>, Integer, Transactions.Written> offsets) {
        deadLetters.values().removeIf(count -> count == 0);
        LedgerLine line = new LedgerLine(
                batchId,
                partition,
                NO_CHECKPOINT,
                0,
                LedgerLine.Covered.NONE,
                new LedgerLine.Outcomes(0, Map.of(), 0, deadLetters, taken, results.size()));
        Transactions.Written made = offsets.apply(results, partition);
        Redriven parts = new Redriven(
                request.revisions(),
                request.options(),
                redriven,
                made.here(),
                offsets.apply(failed, partition).here(),
                maxResultBytes,
                request.envelope(),
                made.elsewhere());
        return new LedgerEntry(partition, parts.write(line));
    }
}
