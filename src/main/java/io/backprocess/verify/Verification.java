package io.backprocess.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recount found. The JSON of {@code verify --output json}; its field names are kept.
 *
 * @param remaining source offsets that the batch has not committed yet
 * @param recounted what must have become of the source's records that are committed
 * @param ledger what the batch says has become of them
 * @param resultsOnTopic as a read_committed consumer sees them, those of uncommitted source offsets left out
 * @param findingsTotal all of them; {@code findings} holds the first thousand
 */
public record Verification(
        String batchId,
        Verdict verdict,
        long remaining,
        Figures recounted,
        Figures ledger,
        long resultsOnTopic,
        long deadLettersOnTopic,
        List<Partition> partitions,
        long findingsTotal,
        List<Finding> findings) {

    /**
     * The same of one source partition.
     *
     * @param start of the range, inclusive
     * @param end of the range, exclusive
     * @param next the first source offset that is not committed; the recount goes up to there
     * @param recounted null where the source could not be read any more
     */
    public record Partition(
            int partition,
            long start,
            long end,
            long next,
            @Nullable Figures recounted,
            Figures ledger,
            long resultsOnTopic,
            long deadLettersOnTopic) {}
}
