package io.backprocess.verify;

import org.jspecify.annotations.Nullable;

/**
 * What one partition came to.
 *
 * @param recounted null where the source could not be read
 * @param resultsAhead results on the topic that the ledger did not count when it was read
 */
record Counted(int partition, @Nullable Figures recounted, long results, long deadLetters, long resultsAhead) {}
