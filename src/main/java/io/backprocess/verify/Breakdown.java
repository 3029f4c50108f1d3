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
 * The recounted dead letters of one partition by reason, its recounted skipped events by version, and its records without a key.
 *
 * @param byReason the number of dead letters by reason; null if the reason of some of them is not known
 * @param byVersion the number of skipped events by version; null if there are more versions than get a count of their own
 * @param keyless the number of records without a key; null if it is not known
 */
record Breakdown(
        @Nullable Map<String, Long> byReason,
        @Nullable Map<String, Long> byVersion,
        @Nullable Long keyless) {
    static final int MAX_VERSIONS = 10_000;
    static final Breakdown UNKNOWN = new Breakdown(null, null, null);

    /** Describes each difference to the counts of the ledger. */
    List<String> differences(Counts claimed) {
        List<String> differences = new ArrayList<>();
        if (byReason != null && !byReason.equals(claimed.deadLettersByReason())) {
            differences.add("dead letters by reason are %s in the ledger, recounted are %s"
                    .formatted(
                            differing(claimed.deadLettersByReason(), byReason),
                            differing(byReason, claimed.deadLettersByReason())));
        }
        differences.addAll(differencesBesides(claimed));
        return differences;
    }

    /**
     * Describes each difference to the counts of the ledger, if the outcome of some records is not known. Each of them may be a
     * dead letter of any reason.
     *
     * @param unknown the number of these records
     */
    List<String> differences(Counts claimed, long unknown) {
        List<String> differences = new ArrayList<>();
        Map<String, Long> rare = new TreeMap<>();
        if (byReason != null) {
            byReason.forEach((reason, count) -> {
                if (claimed.deadLettersByReason().getOrDefault(reason, 0L) < count) {
                    rare.put(reason, count);
                }
            });
        }
        if (!rare.isEmpty()) {
            Map<String, Long> are = new TreeMap<>(claimed.deadLettersByReason());
            are.keySet().retainAll(rare.keySet());
            differences.add(
                    "dead letters by reason are %s in the ledger, recounted are %s, without those of %d records whose outcome is not known"
                            .formatted(are, rare, unknown));
        }
        differences.addAll(differencesBesides(claimed));
        return differences;
    }

    /** Describes the differences in what does not depend on the outcome of revised events. */
    private List<String> differencesBesides(Counts claimed) {
        List<String> differences = new ArrayList<>();
        // Lines of earlier versions do not count such records, so the ledger may have fewer.
        if (keyless != null && claimed.keyless() > keyless) {
            differences.add("records without a key are %d in the ledger, recounted are %d"
                    .formatted(claimed.keyless(), keyless));
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
