package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.Counts;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A line of the topic {@code backprocess.ledger}: what one subtask did with the records of one source partition between two
 * checkpoints. The sum over the lines of a partition is what the batch has done with it so far.
 *
 * <p>The lines that have {@code from} and {@code next} cover the partition's range without gaps. A gap is a transaction that the
 * platform lost.
 *
 * @param partition the partition of the source topic
 * @param checkpoint the id of the Flink checkpoint that commits the line; -1 for the line after the last regular checkpoint
 * @param subtask the index of the subtask that wrote the line
 * @param from the first offset that was read; null if the line only counts, as in global dedupe scope
 * @param next the offset after the last one that was read; null if {@code from} is null
 * @param read the number of records read, which may be smaller than the number of offsets
 * @param skipped the number of events of other versions, by version
 * @param duplicates the number of events whose eventId was already taken
 * @param deadLetters the number of dead letters, by reason
 * @param taken the number of events that the revision processed
 * @param results the number of results that the revision made of them
 * @param outside the number of records that an exact time range does not take; null for none
 * @param keyless the number of records without a key among those that were read; null for none
 */
public record LedgerLine(
        String batchId,
        int partition,
        long checkpoint,
        int subtask,
        @Nullable Long from,
        @Nullable Long next,
        long read,
        Map<String, Long> skipped,
        long duplicates,
        Map<String, Long> deadLetters,
        long taken,
        long results,
        // Left out when null, so that lines stay the same as those of versions without these counts.
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long outside,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long keyless) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Checks that no member is missing, because another client that may write to the topic can leave out members. */
    public LedgerLine {
        if (batchId == null
                || skipped == null
                || skipped.values().stream().anyMatch(Objects::isNull)
                || deadLetters == null
                || deadLetters.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("batchId, skipped or deadLetters is missing");
        }
    }

    /** Creates a line whose records all have a key and are in the range. */
    public LedgerLine(
            String batchId,
            int partition,
            long checkpoint,
            int subtask,
            @Nullable Long from,
            @Nullable Long next,
            long read,
            Map<String, Long> skipped,
            long duplicates,
            Map<String, Long> deadLetters,
            long taken,
            long results) {
        this(
                batchId,
                partition,
                checkpoint,
                subtask,
                from,
                next,
                read,
                skipped,
                duplicates,
                deadLetters,
                taken,
                results,
                null,
                null);
    }

    /**
     * @param from the first source offset that the line covers; null if it covers none
     * @param next the first source offset after those that it covers; null if it covers none
     */
    public static LedgerLine of(
            String batchId,
            int partition,
            long checkpoint,
            int subtask,
            @Nullable Long from,
            @Nullable Long next,
            Counts counts) {
        return new LedgerLine(
                batchId,
                partition,
                checkpoint,
                subtask,
                from,
                next,
                counts.read(),
                counts.skippedByVersion(),
                counts.duplicates(),
                counts.deadLettersByReason(),
                counts.taken(),
                counts.results(),
                unlessNone(counts.outside()),
                unlessNone(counts.keyless()));
    }

    /** Returns the counts of the line in a form that can be added up. */
    public Counts counts() {
        return new Counts(
                read,
                sum(skipped),
                duplicates,
                sum(deadLetters),
                taken,
                results,
                skipped,
                deadLetters,
                outside == null ? 0 : outside,
                keyless == null ? 0 : keyless);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns a count as it is written in a line: null for 0. */
    public static @Nullable Long unlessNone(long count) {
        return count == 0 ? null : count;
    }

    /** Returns the line as UTF-8 JSON. */
    byte[] write() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + this, e);
        }
    }
}
