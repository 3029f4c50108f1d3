package io.backprocess.verify;

import io.backprocess.batch.Figures;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of recounting one partition.
 *
 * @param recounted the recounted figures; null if the source could not be read, or has lost records since
 * @param unknown the number of records for which it is not known whether they were taken or are dead; the figures leave them out
 * @param breakdown the figures by reason and by version
 * @param awaited the first committed source offset whose records may still come, while the batch may still write; {@link
 *     Long#MAX_VALUE} if all are there
 * @param loss the records that were lost; null if losses were not searched for
 */
record PartitionResult(
        int partition,
        @Nullable Figures recounted,
        long unknown,
        Breakdown breakdown,
        long awaited,
        OnTopics onTopics,
        Loss.@Nullable PartitionLoss loss) {

    /**
     * The records of the partition on the topics of the batch.
     *
     * @param results the number of results
     * @param deadLetters the number of dead letters
     * @param isExact true if both numbers leave out the records that the ledger did not count when it was read
     * @param resultsAhead the number of results that the ledger did not count when it was read
     */
    record OnTopics(long results, long deadLetters, boolean isExact, long resultsAhead) {}

    /** Returns the sum over the partitions that could be recounted. */
    static Figures total(List<PartitionResult> partitions) {
        return partitions.stream()
                .map(PartitionResult::recounted)
                .filter(Objects::nonNull)
                .reduce(Figures.NONE, Figures::plus);
    }
}
