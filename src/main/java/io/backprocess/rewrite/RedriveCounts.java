package io.backprocess.rewrite;

import java.util.Map;
import java.util.TreeMap;

/** Counts the outcomes of the dead letters, for all partitions together. */
final class RedriveCounts {
    private final Map<String, Long> failedByReason = new TreeMap<>();
    private long succeeded;
    private long results;
    long unchanged;
    long conflicts;
    long undecided;
    long unanswered;
    long gone;
    long skipped;
    long notSelected;
    long attemptsExhausted;
    long redrivenBefore;
    long foreign;

    void succeed(int numberOfResults) {
        succeeded++;
        results += numberOfResults;
    }

    void fail(String reason) {
        failedByReason.merge(reason, 1L, Long::sum);
    }

    private long failed() {
        return failedByReason.values().stream().mapToLong(Long::longValue).sum();
    }

    RedriveSummary summary(String batchId, RedriveRequest request, boolean executed) {
        return new RedriveSummary(
                batchId,
                String.join(",", request.revisions()),
                executed,
                new RedriveSummary.NewOutcomes(succeeded, results, failed(), failedByReason),
                new RedriveSummary.Kept(unchanged, conflicts, undecided, unanswered, gone, skipped),
                new RedriveSummary.LeftOut(notSelected, attemptsExhausted, redrivenBefore, foreign));
    }
}
