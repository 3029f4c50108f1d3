package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.Counts;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one subtask did with the records of one source partition between two checkpoints, as it stands in the topic
 * {@code backprocess.ledger}. Lines add up: the sum over a partition's lines is what the batch has done with it so far.
 *
 * <p>The lines that have {@code from} and {@code next} lie end to end over the partition's range. A gap is a transaction
 * that the platform lost.
 *
 * @param partition of the source topic
 * @param checkpoint the id of the Flink checkpoint that commits the line, -1 for what follows the last regular one
 * @param subtask that wrote the line
 * @param from first offset that was read, null where the line only counts (global dedupe scope)
 * @param next offset after the last that was read
 * @param read records, which may be fewer than offsets
 * @param skipped events of other versions, by version
 * @param duplicates events whose eventId was taken already
 * @param deadLetters by reason
 * @param taken events that the revision dealt with
 * @param results that the revision made of them
 * @param outside records that an exact time range does not take; null for none
 * @param keyless of the records that were read, those without a key; null for none
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
        // Lines of versions that did not know them are the same lines.
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long outside,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long keyless) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whoever may write to the topic can leave out what is no number. */
    public LedgerLine {
        if (batchId == null
                || skipped == null
                || skipped.values().stream().anyMatch(Objects::isNull)
                || deadLetters == null
                || deadLetters.values().stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("batchId, skipped or deadLetters is missing");
        }
    }

    /** One of records that all have a key and are in the range. */
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
     * @param from the first source offset that it covers; null where it covers none
     * @param next the first that it does not cover
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

    /** The same as numbers that can be added up. */
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

    /** A count as it stands in the line. */
    public static @Nullable Long unlessNone(long count) {
        return count == 0 ? null : count;
    }

    /** As UTF-8 JSON. */
    byte[] write() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + this, e);
        }
    }
}
