package io.backprocess.rewrite;

import java.util.Map;

/**
 * The result of a redrive or of its dry run. It is the JSON of {@code redrive --output json}, and its field names must not
 * change.
 *
 * @param executed false for a dry run
 * @param selected the sum of succeeded, failed, unchanged, conflicts, undecided, unanswered and gone
 * @param succeeded dead letters that became results, or for which the revision makes no result
 * @param failed dead letters that failed again and were written again with the new reason
 * @param unchanged dead letters that failed as before; they stay unchanged
 * @param conflicts dead letters whose eventId another copy has taken; they stay unchanged
 * @param undecided dead letters that were unreadable then and are readable now; they stay, since their eventId may be taken
 * @param notSelected dead letters that the filter by reason, stage or time leaves out
 * @param attemptsExhausted dead letters that {@code --max-attempts} leaves out
 * @param redrivenBefore records of the dead-letter topic that an earlier redrive has processed
 * @param foreign records of the dead-letter topic that are not dead letters of the batch, or are second copies of one
 * @param unanswered dead letters that stay because the service that the revision asks has not answered any request
 * @param gone dead letters by reference whose original no longer exists at its origin; they stay
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
