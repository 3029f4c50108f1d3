package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of a recount. This is the JSON of {@code verify --output json}, so its field names must not change.
 *
 * @param remaining the number of source offsets that the batch has not committed yet
 * @param follows the further fields of a batch that follows its source; null for other batches
 * @param redriven the number of dead letters that were redriven, including those that failed again
 * @param table the table that results go to as well; null if it was not compared
 */
public record Verification(
        String batchId,
        Verdict verdict,
        long remaining,
        @JsonUnwrapped @Nullable Follows follows,
        @JsonUnwrapped ComparedOutcomes outcomes,
        long redriven,
        List<VerifiedPartition> partitions,
        @JsonUnwrapped Remarks remarks,
        @Nullable VerifiedTable table) {

    /** Creates the result of a recount that has not compared a table. */
    public Verification(
            String batchId,
            Verdict verdict,
            long remaining,
            @Nullable Follows follows,
            ComparedOutcomes outcomes,
            long redriven,
            List<VerifiedPartition> partitions,
            Remarks remarks) {
        this(batchId, verdict, remaining, follows, outcomes, redriven, partitions, remarks, null);
    }

    /**
     * The further fields of a recount of a batch that follows its source.
     *
     * @param following always true
     * @param provenUpTo the source offset up to which each partition is proven, exclusive; null, and left out, if the batch is wrong
     *     or cannot be told
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Follows(boolean following, @Nullable Map<Integer, Long> provenUpTo) {}

    /**
     * Returns the verification with what the table shows. An error of the table makes the batch wrong. A row that nothing is known
     * about makes a complete or incomplete batch one that cannot be told.
     *
     * @param rows the findings about rows, as many as are kept
     */
    public Verification with(VerifiedTable compared, List<Finding> rows) {
        List<Finding> findings = new ArrayList<>(remarks.findings);
        findings.addAll(rows);
        Remarks more = new Remarks(
                remarks.findingsTotal + compared.rows().wrong(),
                findings,
                remarks.unknown,
                remarks.notes,
                remarks.dedupeScope,
                remarks.acrossPartitions);
        return new Verification(
                batchId, verdict.with(compared), remaining, follows, outcomes, redriven, partitions, more, compared);
    }

    /**
     * The outcomes of the records, by the recount, by the ledger and on the topics of the batch.
     *
     * @param recounted the recounted outcomes of the committed source records; null if the source of the partition could not be
     *     read, never null for the whole batch
     * @param ledger the outcomes that the batch's ledger states
     * @param resultsOnTopic the number of results that a read_committed consumer sees, without those of uncommitted source offsets
     * @param deadLettersOnTopic the number of dead letters that have not been redriven
     */
    public record ComparedOutcomes(
            @Nullable Figures recounted, Figures ledger, long resultsOnTopic, long deadLettersOnTopic) {}

    /**
     * The findings of the recount, and the facts that it leaves open.
     *
     * @param findingsTotal the number of all findings; {@code findings} has the first thousand, and all findings about the ledger
     * @param unknown the offsets that are not known to be right, with the reasons; the figures leave out those that could not be
     *     recounted
     * @param notes facts that the verdict does not cover: offsets that the range leaves out, and copies that were not searched for
     * @param dedupeScope the scope in which two copies of an event must not both be there
     * @param acrossPartitions the copies in different partitions; null if they were not requested
     */
    public record Remarks(
            long findingsTotal,
            List<Finding> findings,
            List<Unknown> unknown,
            List<String> notes,
            DedupeScope dedupeScope,
            @Nullable CrossPartitionCopies acrossPartitions) {}

    /** Returns the recounted outcomes of the whole batch. */
    public Figures recounted() {
        return Objects.requireNonNull(outcomes.recounted);
    }

    /**
     * The events with the same eventId that were each the first one in their partition, and were therefore all taken. This is not
     * a finding in dedupe scope {@code partition}.
     *
     * @param eventIds the number of eventIds that were taken in more than one partition
     * @param copies the number of events beyond the first one of each eventId
     * @param examples the events of some of these eventIds, each as {@code topic/partition/offset}
     */
    public record CrossPartitionCopies(long eventIds, long copies, List<List<String>> examples) {}

    /**
     * The result of one source partition.
     *
     * @param start the start of the range, inclusive
     * @param end the end of the range, exclusive; if the batch follows its source, the current end of the source
     * @param next the first source offset that is not committed, where the recount ends
     */
    public record VerifiedPartition(
            int partition,
            long start,
            long end,
            long next,
            @JsonUnwrapped ComparedOutcomes outcomes) {}
}
