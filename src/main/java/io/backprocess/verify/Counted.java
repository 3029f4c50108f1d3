package io.backprocess.verify;

import org.jspecify.annotations.Nullable;

/**
 * What one partition came to.
 *
 * @param recounted null where the source could not be read
 * @param resultsAhead results on the topic that the ledger did not count when it was read
 * @param loss what was lost, null where nobody looked for it
 */
record Counted(
        int partition,
        @Nullable Figures recounted,
        long results,
        long deadLetters,
        long resultsAhead,
        Loss.@Nullable Partition loss) {}
