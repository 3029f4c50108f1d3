package io.backprocess.batch;

import java.util.Map;
import java.util.TreeMap;

/**
 * What became of records. {@code read = skipped + outside + duplicates + deadLetters + taken} once all of them are counted.
 * A redrive's line takes off as well, so that the sum says what is dead now.
 *
 * @param outside records that an exact time range does not take
 * @param keyless of those that were read, the records without a key
 * @param skippedByVersion and deadLettersByReason add up to {@code skipped} and {@code deadLetters}
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

    /** Records that were read and that the batch is about. */
    public long inRange() {
        return read - outside;
    }

    /** Whether every record that was read is in exactly one place. */
    public boolean isBalanced() {
        return read == skipped + outside + duplicates + deadLetters + taken;
    }

    private static Map<String, Long> merge(Map<String, Long> one, Map<String, Long> other) {
        if (other.isEmpty()) {
            return one;
        }
        Map<String, Long> merged = new TreeMap<>(one);
        other.forEach((name, count) -> merged.merge(name, count, Long::sum));
        // A redrive takes off again what was counted before.
        merged.values().removeIf(count -> count == 0);
        return merged;
    }
}
