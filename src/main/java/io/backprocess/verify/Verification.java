package io.backprocess.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a recount found. A batch that follows its source is never complete: {@code incomplete} says that so far all is well. The JSON of {@code verify --output json}; its field names are kept.
 *
 * @param remaining source offsets that the batch has not committed yet
 * @param recounted what must have become of the source's records that are committed
 * @param ledger what the batch says has become of them
 * @param resultsOnTopic as a read_committed consumer sees them, those of uncommitted source offsets left out
 * @param deadLettersOnTopic those that are dead now; the ones that were redriven are not
 * @param redriven dead letters that were put through the pipeline again, those that failed again included
 * @param findingsTotal all of them; {@code findings} holds the first thousand, and those of the ledger
 * @param unknown what cannot be told, and why; the figures leave it out where it could not be recounted
 * @param notes what the verdict is not about: what the range leaves out, and copies that nobody looked for
 */
public record Verification(
        String batchId,
        Verdict verdict,
        long remaining,
        Figures recounted,
        Figures ledger,
        long resultsOnTopic,
        long deadLettersOnTopic,
        long redriven,
        List<Partition> partitions,
        long findingsTotal,
        List<Finding> findings,
        List<Unknown> unknown,
        List<String> notes) {

    /** One about everything. */
    public Verification(
            String batchId,
            Verdict verdict,
            long remaining,
            Figures recounted,
            Figures ledger,
            long resultsOnTopic,
            long deadLettersOnTopic,
            long redriven,
            List<Partition> partitions,
            long findingsTotal,
            List<Finding> findings,
            List<Unknown> unknown) {
        this(
                batchId,
                verdict,
                remaining,
                recounted,
                ledger,
                resultsOnTopic,
                deadLettersOnTopic,
                redriven,
                partitions,
                findingsTotal,
                findings,
                unknown,
                List.of());
    }

    Verification with(List<String> itsNotes) {
        return new Verification(
                batchId,
                verdict,
                remaining,
                recounted,
                ledger,
                resultsOnTopic,
                deadLettersOnTopic,
                redriven,
                partitions,
                findingsTotal,
                findings,
                unknown,
                itsNotes);
    }

    /**
     * The same of one source partition.
     *
     * @param start of the range, inclusive
     * @param end of the range, exclusive; where the batch follows its source, of the source at this moment
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
