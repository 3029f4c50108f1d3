package io.backprocess.verify;

import io.backprocess.batch.Figures;
import org.jspecify.annotations.Nullable;

/**
 * What one partition came to.
 *
 * @param recounted null where the source could not be read, or has lost some of it since
 * @param unknown records of which nobody can tell whether they were taken or are dead; the figures leave that out
 * @param breakdown of the figures
 * @param results on the topic
 * @param isExact whether those are left out that the ledger did not count when it was read
 * @param resultsAhead results on the topic that the ledger did not count when it was read
 * @param loss what was lost, null where nobody looked for it
 */
record PartitionResult(
        int partition,
        @Nullable Figures recounted,
        long unknown,
        Breakdown breakdown,
        long results,
        long deadLetters,
        boolean isExact,
        long resultsAhead,
        Loss.@Nullable Partition loss) {}
