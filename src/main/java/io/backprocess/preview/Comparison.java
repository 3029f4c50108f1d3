package io.backprocess.preview;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The differences between the batch's outcomes and the output of an earlier batch for the same records.
 *
 * @param differences the kinds of difference, old result → new, the most frequent first
 * @param otherDifferences the number of events with further kinds of difference
 * @param fates the records that had another outcome then, by pairs of outcomes, the most frequent first
 * @param outside the number of records that the earlier batch has not read, or not read yet
 */
public record Comparison(
        String batchId,
        String revision,
        @JsonUnwrapped Agreement tally,
        List<ChangeKind> differences,
        long otherDifferences,
        List<Fate> fates,
        long outside) {

    /**
     * The numbers of records.
     *
     * @param same the number of records with equal outcomes: the same results but for the correlationId, a dead letter with the
     *     same reason, or no output in both batches
     * @param different the number of records that have results in both batches, where the results differ
     */
    public record Agreement(long compared, long same, long different) {}

    /**
     * @param then the earlier outcome: {@code taken}, the reason of a dead letter, or {@code nothing} for a record that was
     *     skipped, a duplicate, or without a result
     * @param now the present outcome in the same words
     */
    public record Fate(String then, String now, long count, List<Instance> examples) {
        /**
         * Describes the change: {@code was a dead letter (rejected), would be taken}.
         *
         * @param shown returns the text to show for a reason, which comes from a topic that other programs may write to
         */
        public String words(UnaryOperator<String> shown) {
            return "was %s, would be %s".formatted(words(then, shown), words(now, shown));
        }

        private static String words(String outcome, UnaryOperator<String> shown) {
            return outcome.equals(Comparing.TAKEN) || outcome.equals(Comparing.NOTHING)
                    ? outcome
                    : "a dead letter (%s)".formatted(shown.apply(outcome));
        }
    }

    public record Instance(String origin, String eventId) {}
}
