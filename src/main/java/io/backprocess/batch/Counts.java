package io.backprocess.batch;

import java.util.Map;
import java.util.TreeMap;

/**
 * The number of records by outcome. {@code read = skipped + outside + duplicates + deadLetters + taken} once all records are
 * counted. The counts of a redrive can be negative, so that a sum gives the number of records that are dead letters now.
 *
 * @param outside records that an exact time range does not take
 * @param keyless records without a key among those that were read
 * @param skippedByVersion counts that add up to {@code skipped}
 * @param deadLettersByReason counts that add up to {@code deadLetters}
 */
public record Counts(
        long read,
        long skipped,
        long duplicates,
        long deadLetters,
        long taken,
        long results,
        Map<String, Long> skippedByVersion,
        Map<String, Long> deadLettersByReason,
        long outside,
        long keyless) {
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, Map.of(), Map.of(), 0, 0);

    public Counts plus(Counts other) {
        return new Counts(
                read + other.read,
                skipped + other.skipped,
                duplicates + other.duplicates,
                deadLetters + other.deadLetters,
                taken + other.taken,
                results + other.results,
                merge(skippedByVersion, other.skippedByVersion),
                merge(deadLettersByReason, other.deadLettersByReason),
                outside + other.outside,
                keyless + other.keyless);
    }

    /** Returns the number of records that were read and that the time range of the batch takes. */
    public long inRange() {
        return read - outside;
    }

    /** Tells whether every record that was read has exactly one outcome. */
    public boolean isBalanced() {
        return read == skipped + outside + duplicates + deadLetters + taken;
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
