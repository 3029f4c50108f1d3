package io.backprocess.verify;

import io.backprocess.batch.Figures;
import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.PartitionLedger;
import java.util.ArrayList;
import java.util.List;

/**
 * The records that a batch lacks because transactions were lost.
 *
 * @param rest the recount of everything else, which does not expect the lost records
 * @param partitions the partitions that lack records
 */
public record Loss(Verification rest, List<PartitionLoss> partitions) {

    /**
     * The records that one partition lacks.
     *
     * @param start the start of the batch's range
     * @param spans the ranges of source offsets that no ledger line counts, and whose results are missing
     * @param missingDeadLetters the source offsets whose dead letters are missing, inside or outside of the spans
     * @param deadLettersThere the source offsets in the spans whose dead letters survived, with their reasons
     * @param figures the outcomes that the records of the spans must have
     */
    public record PartitionLoss(
            int partition,
            long start,
            List<OffsetRange> spans,
            Offsets missingDeadLetters,
            OffsetReasons deadLettersThere,
            Figures figures) {

        boolean isEmpty() {
            return spans.isEmpty() && missingDeadLetters.isEmpty();
        }

        /** Returns the offset after the last source offset that lacks a record. */
        public long end() {
            long end = missingDeadLetters.isEmpty() ? start : missingDeadLetters.last() + 1;
            for (OffsetRange span : spans) {
                end = Math.max(end, span.end());
            }
            return end;
        }
    }

    /** Collects the losses. If the source of a partition is deleted, only the ledger can show what the partition lacks. */
    static Loss of(Verification rest, List<PartitionResult> counted, BatchLedger ledger) {
        List<PartitionLoss> partitions = new ArrayList<>();
        for (PartitionResult each : counted) {
            PartitionLoss loss = each.loss();
            if (loss == null) {
                PartitionLedger partition = ledger.partition(each.partition());
                loss = LossFinder.of(each.partition(), partition.missing())
                        .found(partition.range().start());
            }
            if (!loss.isEmpty()) {
                partitions.add(loss);
            }
        }
        return new Loss(rest, partitions);
    }

    public boolean isEmpty() {
        return partitions.isEmpty();
    }
}
