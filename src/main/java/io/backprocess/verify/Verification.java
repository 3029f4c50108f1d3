package io.backprocess.verify;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
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
 * @param dedupeScope how far apart two copies of an event may lie that must not both be there
 * @param acrossPartitions null where nobody asked for it
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
        List<String> notes,
        DedupeScope dedupeScope,
        @Nullable AcrossPartitions acrossPartitions) {

    /**
     * Events of the same eventId that were each the first of their partition, and so were all taken. That is no finding in dedupe
     * scope {@code partition}.
     *
     * @param eventIds that were taken in more than one partition
     * @param copies how many events more there are than eventIds
     * @param examples for some of them where the events stand: {@code topic/partition/offset}
     */
    public record AcrossPartitions(long eventIds, long copies, List<List<String>> examples) {}

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
