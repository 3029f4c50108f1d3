package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.backprocess.json.GroupedRecordReader;
import java.util.Map;
import java.util.TreeMap;

/**
 * The number of records by outcome. {@code read = skipped + outside + duplicates + deadLetters + taken} once all records are
 * counted. The counts of a redrive can be negative, so that a sum gives the number of records that are dead letters now.
 *
 * @param figures the counts; they are members of the JSON object of the counts
 * @param skippedByVersion counts that add up to {@code skipped}
 * @param deadLettersByReason counts that add up to {@code deadLetters}
 * @param keyless records without a key among those that were read
 */
@JsonDeserialize(using = GroupedRecordReader.class)
@JsonPropertyOrder({"figures", "skippedByVersion", "deadLettersByReason", "outside", "keyless"})
public record Counts(
        @JsonUnwrapped @JsonIgnoreProperties("outside") Figures figures,
        Map<String, Long> skippedByVersion,
        Map<String, Long> deadLettersByReason,
        long keyless) {
    public static final Counts NONE = new Counts(Figures.NONE, Map.of(), Map.of(), 0);

    public Counts plus(Counts other) {
        return new Counts(
                figures.plus(other.figures),
                merge(skippedByVersion, other.skippedByVersion),
                merge(deadLettersByReason, other.deadLettersByReason),
                keyless + other.keyless);
    }

    public long read() {
        return figures.read();
    }

    public long skipped() {
        return figures.skipped();
    }

    /** Returns the number of records that an exact time range does not take. In JSON it stands before {@code keyless}. */
    @JsonProperty
    public long outside() {
        return figures.outside();
    }

    public long duplicates() {
        return figures.duplicates();
    }

    public long deadLetters() {
        return figures.deadLetters();
    }

    public long taken() {
        return figures.taken();
    }

    public long results() {
        return figures.results();
    }

    /** Returns the number of records that were read and that the time range of the batch takes. */
    public long inRange() {
        return figures.read() - figures.outside();
    }

    /** Tells whether every record that was read has exactly one outcome. */
    public boolean isBalanced() {
        return read() == skipped() + outside() + duplicates() + deadLetters() + taken();
    }

    private static Map<String, Long> merge(Map<String, Long> one, Map<String, Long> other) {
        if (other.isEmpty()) {
            return one;
        }
        Map<String, Long> merged = new TreeMap<>(one);
        other.forEach((name, count) -> merged.merge(name, count, Long::sum));
        // The negative counts of a redrive cancel earlier ones.
        merged.values().removeIf(count -> count == 0);
        return merged;
    }
}
