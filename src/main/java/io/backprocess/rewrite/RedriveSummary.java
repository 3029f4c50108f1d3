package io.backprocess.rewrite;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Map;

/**
 * The result of a redrive or of its dry run. It is the JSON of {@code redrive --output json}, and its field names must not
 * change.
 *
 * @param executed false for a dry run
 */
@JsonPropertyOrder({
    "batchId",
    "revision",
    "executed",
    "selected",
    "redriven",
    "kept",
    "leftOut",
    "unanswered",
    "gone",
    "skipped"
})
public record RedriveSummary(
        String batchId,
        String revision,
        boolean executed,
        @JsonUnwrapped NewOutcomes redriven,

        @JsonUnwrapped @JsonIgnoreProperties({"unanswered", "gone", "skipped"})
        Kept kept,

        @JsonUnwrapped LeftOut leftOut) {

    /**
     * The dead letters that have, or would have, a new outcome.
     *
     * @param succeeded dead letters that became results, or for which the revision makes no result
     * @param failed dead letters that failed again and were written again with the new reason
     */
    public record NewOutcomes(long succeeded, long results, long failed, Map<String, Long> failedByReason) {
        public long sum() {
            return succeeded + failed;
        }
    }

    /**
     * The dead letters that were selected and stay unchanged.
     *
     * @param unchanged dead letters that failed as before
     * @param conflicts dead letters whose eventId another copy has taken
     * @param undecided dead letters that were unreadable then and are readable now; their eventId may be taken
     * @param unanswered dead letters for which the service that the revision asks has not answered any request
     * @param gone dead letters by reference whose original no longer exists at its origin
     * @param skipped dead letters that were unreadable then and are events now of another version, or not selected
     */
    public record Kept(long unchanged, long conflicts, long undecided, long unanswered, long gone, long skipped) {
        private long sum() {
            return unchanged + conflicts + undecided + unanswered + gone + skipped;
        }
    }

    /**
     * The records of the dead-letter topic that were not tried.
     *
     * @param notSelected dead letters that the filter by reason, stage or time leaves out
     * @param attemptsExhausted dead letters that {@code --max-attempts} leaves out
     * @param redrivenBefore records that an earlier redrive has processed
     * @param foreign records that are not dead letters of the batch, or are second copies of one
     */
    public record LeftOut(long notSelected, long attemptsExhausted, long redrivenBefore, long foreign) {}

    /** Returns the number of dead letters that were tried. */
    @JsonProperty
    public long selected() {
        return redriven.sum() + kept.sum();
    }

    /** Returns the count of {@link #kept}. It is at the end of the JSON, because it was added later. */
    @JsonProperty
    long unanswered() {
        return kept.unanswered;
    }

    /** Returns the count of {@link #kept}. It is at the end of the JSON, because it was added later. */
    @JsonProperty
    long gone() {
        return kept.gone;
    }

    /** Returns the count of {@link #kept}. It is at the end of the JSON, because it was added later. */
    @JsonProperty
    long skipped() {
        return kept.skipped;
    }
}
