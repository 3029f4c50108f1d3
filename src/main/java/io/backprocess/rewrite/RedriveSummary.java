package io.backprocess.rewrite;

import java.util.Map;

/**
 * What a redrive did, or would do. The JSON of {@code redrive --output json}; its field names are kept.
 *
 * @param executed false for a dry run
 * @param selected the sum of succeeded, failed, unchanged, conflicts, undecided, unanswered and gone
 * @param succeeded dead letters that became results, or of which the revision makes none
 * @param failed dead letters that died again and went back with the new reason
 * @param unchanged dead letters that died again as before and stay where they are
 * @param conflicts dead letters whose eventId another copy has taken; they stay
 * @param undecided dead letters that could not be read then and can be now; they stay, since their eventId may be taken
 * @param notSelected by reason, stage or time
 * @param attemptsExhausted not selected because of {@code --max-attempts}
 * @param redrivenBefore records of the dead-letter topic that an earlier redrive has dealt with
 * @param foreign records of the dead-letter topic that are no dead letters of the batch, or second copies of one
 * @param unanswered dead letters that stay, since the service that the revision asks has answered nothing
 * @param gone dead letters by reference whose original is not at its origin any more; they stay
 */
public record RedriveSummary(
        String batchId,
        String revision,
        boolean executed,
        long selected,
        long succeeded,
        long results,
        long failed,
        Map<String, Long> failedByReason,
        long unchanged,
        long conflicts,
        long undecided,
        long notSelected,
        long attemptsExhausted,
        long redrivenBefore,
        long foreign,
        long unanswered,
        long gone) {}
