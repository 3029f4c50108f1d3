package io.backprocess.batch;

import io.backprocess.event.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts the outcomes of records, one record after the other. A counter is for one thread. */
public final class OutcomeCounter {
    /**
     * The number of versions that a ledger line counts by name. Without a limit a hostile history could add a million of them.
     */
    public static final int VERSIONS_OF_A_LINE = 100;

    /** The name under which all versions beyond the limit are counted. */
    public static final String OTHER_VERSIONS = "other";

    private final int maxVersions;
    private final Map<String, Long> skipped = new TreeMap<>();
    private final Map<Reason, Long> deadLetters = new EnumMap<>(Reason.class);
    private long read;
    private long keyless;
    private long outside;
    private long duplicates;
    private long taken;
    private long results;

    /** @param maxVersions the number of skipped versions that get a count of their own; all others are counted together */
    public OutcomeCounter(int maxVersions) {
        this.maxVersions = maxVersions;
    }

    /** @param withoutKey the number of these records that have no key */
    public void read(long records, long withoutKey) {
        read += records;
        keyless += withoutKey;
    }

    /** @param kind the version of the event that is skipped, or what else kept it out */
    public void skip(String kind) {
        boolean known = skipped.size() < maxVersions || skipped.containsKey(kind);
        skipped.merge(known ? kind : OTHER_VERSIONS, 1L, Long::sum);
    }

    /** Counts a record that an exact time range does not take. */
    public void leaveOut() {
        outside++;
    }

    public void duplicate() {
        duplicates++;
    }

    public void deadLetter(Reason reason) {
        deadLetters.merge(reason, 1L, Long::sum);
    }

    public void take(int numberOfResults) {
        taken++;
        results += numberOfResults;
    }

    /** Returns the number of records that were read. */
    public long read() {
        return read;
    }

    /** Tells whether each version that was skipped has a count of its own. */
    public boolean knowsVersions() {
        return !skipped.containsKey(OTHER_VERSIONS);
    }

    /** Adds what another counter has counted. */
    public void add(Counts counts) {
        read += counts.read();
        keyless += counts.keyless();
        outside += counts.outside();
        duplicates += counts.duplicates();
        taken += counts.taken();
        results += counts.results();
        counts.skippedByVersion().forEach((version, count) -> skipped.merge(version, count, Long::sum));
        counts.deadLettersByReason().forEach((reason, count) -> deadLetters.merge(Reason.of(reason), count, Long::sum));
    }

    public Counts counts() {
        Map<String, Long> byReason = new TreeMap<>();
        deadLetters.forEach((reason, count) -> byReason.put(reason.toString(), count));
        return new Counts(
                new Figures(read, sum(skipped), duplicates, sum(byReason), taken, results, outside),
                new TreeMap<>(skipped),
                byReason,
                keyless);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
