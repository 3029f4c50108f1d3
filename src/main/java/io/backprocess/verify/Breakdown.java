package io.backprocess.verify;

import io.backprocess.batch.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of one partition by reason, and the skipped events by version, as recounted.
 *
 * @param byReason null where it cannot be told of all of them
 * @param byVersion null where there are more versions than are counted apart
 */
record Breakdown(
        @Nullable Map<String, Long> byReason, @Nullable Map<String, Long> byVersion) {
    static final int MAX_VERSIONS = 10_000;
    static final Breakdown UNKNOWN = new Breakdown(null, null);

    /** As a line of the ledger calls the versions that it has no room for. */
    private static final String OTHER = "other";

    /** Where the ledger says something else, in words. */
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

    /** A line names so many versions and counts the rest together. */
    private static boolean fits(Map<String, Long> claimed, Map<String, Long> recounted) {
        long more = 0;
        for (String version : union(claimed, recounted)) {
            long rest = recounted.getOrDefault(version, 0L) - claimed.getOrDefault(version, 0L);
            if (rest < 0 && !version.equals(OTHER)) {
                return false;
            }
            more += rest;
        }
        return more == 0 && (claimed.containsKey(OTHER) || claimed.equals(recounted));
    }

    private static TreeSet<String> union(Map<String, Long> one, Map<String, Long> other) {
        TreeSet<String> names = new TreeSet<>(one.keySet());
        names.addAll(other.keySet());
        return names;
    }

    /** The first few that are not the same. */
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
