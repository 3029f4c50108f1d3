package io.backprocess.ledger;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.backprocess.batch.Counts;
import io.backprocess.batch.Figures;
import io.backprocess.json.GroupedRecordReader;
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
 * @param covered the offsets that were read
 */
@JsonDeserialize(using = GroupedRecordReader.class)
public record LedgerLine(
        String batchId,
        int partition,
        long checkpoint,
        int subtask,
        @JsonUnwrapped Covered covered,
        @JsonUnwrapped Outcomes outcomes,
        @JsonUnwrapped Further further) {

    /**
     * The offsets of a line.
     *
     * @param from the first offset that was read; null if the line only counts, as in global dedupe scope
     * @param next the offset after the last one that was read; null if {@code from} is null
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Covered(@Nullable Long from, @Nullable Long next) {
        /** The offsets of a line that only counts. */
        public static final Covered NONE = new Covered(null, null);
    }

    /**
     * The outcomes of the records.
     *
     * @param read the number of records read, which may be smaller than the number of offsets
     * @param skipped the number of events of other versions, by version
     * @param duplicates the number of events whose eventId was already taken
     * @param deadLetters the number of dead letters, by reason
     * @param taken the number of events that the revision processed
     * @param results the number of results that the revision made of them
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Outcomes(
            long read,
            Map<String, Long> skipped,
            long duplicates,
            Map<String, Long> deadLetters,
            long taken,
            long results) {
        /** Checks that no member is missing, because another client that may write to the topic can leave out members. */
        public Outcomes {
            if (skipped == null
                    || skipped.values().stream().anyMatch(Objects::isNull)
                    || deadLetters == null
                    || deadLetters.values().stream().anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("skipped or deadLetters is missing");
            }
        }
    }

    /**
     * The counts that later versions added. They are left out when null, so that lines stay the same as those of earlier versions.
     *
     * @param outside the number of records that an exact time range does not take; null for none
     * @param keyless the number of records without a key among those that were read; null for none
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Further(@Nullable Long outside, @Nullable Long keyless) {
        static final Further NONE = new Further(null, null);
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Checks that the batch id is not missing, because another client that may write to the topic can leave it out. */
    public LedgerLine {
        if (batchId == null) {
            throw new IllegalArgumentException("batchId is missing");
        }
    }

    /** Creates a line whose records all have a key and are in the range. */
    public LedgerLine(String batchId, int partition, long checkpoint, int subtask, Covered covered, Outcomes outcomes) {
        this(batchId, partition, checkpoint, subtask, covered, outcomes, Further.NONE);
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
                new Covered(from, next),
                new Outcomes(
                        counts.read(),
                        counts.skippedByVersion(),
                        counts.duplicates(),
                        counts.deadLettersByReason(),
                        counts.taken(),
                        counts.results()),
                new Further(unlessNone(counts.outside()), unlessNone(counts.keyless())));
    }

    /** Returns the counts of the line in a form that can be added up. */
    public Counts counts() {
        return new Counts(
                new Figures(
                        outcomes.read,
                        sum(outcomes.skipped),
                        outcomes.duplicates,
                        sum(outcomes.deadLetters),
                        outcomes.taken,
                        outcomes.results,
                        orNone(further.outside)),
                outcomes.skipped,
                outcomes.deadLetters,
                orNone(further.keyless));
    }

    private static long orNone(@Nullable Long count) {
        return count == null ? 0 : count;
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
