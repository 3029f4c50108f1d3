package io.backprocess.verify;

import io.backprocess.batch.Counts;
import io.backprocess.batch.OutcomeCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The recounted dead letters of one partition by reason, and its recounted skipped events by version.
 *
 * @param byReason the number of dead letters by reason; null if the reason of some of them is not known
 * @param byVersion the number of skipped events by version; null if there are more versions than get a count of their own
 */
record Breakdown(
        @Nullable Map<String, Long> byReason, @Nullable Map<String, Long> byVersion) {
    static final int MAX_VERSIONS = 10_000;
    static final Breakdown UNKNOWN = new Breakdown(null, null);

    /** Describes each difference to the counts of the ledger. */
    List<String> differences(Counts claimed) {
        List<String> differences = new ArrayList<>();
        if (byReason != null && !byReason.equals(claimed.deadLettersByReason())) {
            differences.add("dead letters by reason are %s in the ledger, recounted are %s"
                    .formatted(
                            differing(claimed.deadLettersByReason(), byReason),
                            differing(byReason, claimed.deadLettersByReason())));
        }
        if (byVersion != null && !fits(claimed.skippedByVersion(), byVersion)) {
            differences.add("skipped events by version are %s in the ledger, recounted are %s"
                    .formatted(
                            differing(claimed.skippedByVersion(), byVersion),
                            differing(byVersion, claimed.skippedByVersion())));
        }
        return differences;
    }

    /** Compares the versions. A ledger line counts a limited number of versions by name and the rest together. */
    private static boolean fits(Map<String, Long> claimed, Map<String, Long> recounted) {
        long more = 0;
        for (String version : union(claimed, recounted)) {
            long rest = recounted.getOrDefault(version, 0L) - claimed.getOrDefault(version, 0L);
            if (rest < 0 && !version.equals(OutcomeCounter.OTHER_VERSIONS)) {
                return false;
            }
            more += rest;
        }
        return more == 0 && (claimed.containsKey(OutcomeCounter.OTHER_VERSIONS) || claimed.equals(recounted));
    }

    private static TreeSet<String> union(Map<String, Long> one, Map<String, Long> other) {
        TreeSet<String> names = new TreeSet<>(one.keySet());
        names.addAll(other.keySet());
        return names;
    }

    /** Returns the first few counts that differ. */
    private static Map<String, Long> differing(Map<String, Long> counts, Map<String, Long> other) {
        Map<String, Long> few = new TreeMap<>();
        for (String name : union(counts, other)) {
            long count = counts.getOrDefault(name, 0L);
            if (few.size() < 5 && count != other.getOrDefault(name, 0L)) {
                few.put(name, count);
            }
        }
        return few;
    }
}
