package io.backprocess.ledger;

import io.backprocess.batch.OutcomeCounter;
import io.backprocess.event.Progress;
import org.jspecify.annotations.Nullable;

/** Counts the outcomes of one source partition's records since its last ledger line, and the offsets that they cover. */
final class PartitionCounter {
    final int partition;
    final OutcomeCounter counter = new OutcomeCounter(OutcomeCounter.VERSIONS_OF_A_LINE);
    private @Nullable Long from;
    private @Nullable Long next;

    PartitionCounter(int partition) {
        this.partition = partition;
    }

    void advance(Progress progress) {
        if (next != null && next != progress.from()) {
            throw new IllegalStateException(
                    "partition %s: progress from offset %s does not continue that up to offset %s"
                            .formatted(partition, progress.from(), next));
        }
        from = from == null ? (Long) progress.from() : from;
        next = progress.next();
        counter.read(progress.read(), progress.keyless());
    }

    LedgerLine line(String batchId, long checkpoint, int subtask) {
        return LedgerLine.of(batchId, partition, checkpoint, subtask, from, next, counter.counts());
    }
}
