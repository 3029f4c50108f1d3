package io.backprocess.batch;

import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of records, one after the other. One counter serves one thread. */
public final class OutcomeCounter {
    /** For a ledger line, which a hostile history must not make a million versions long. */
    public static final int VERSIONS_OF_A_LINE = 100;

    private static final String OTHER_VERSIONS = "other";

    private final int maxVersions;
    private final Map<String, Long> skipped = new TreeMap<>();
    private final Map<Reason, Long> deadLetters = new EnumMap<>(Reason.class);
    private long read;
    private long keyless;
    private long outside;
    private long duplicates;
    private long taken;
    private long results;

    /** @param maxVersions that are counted each by itself; the rest is counted together */
    public OutcomeCounter(int maxVersions) {
        this.maxVersions = maxVersions;
    }

    /** @param withoutKey how many of them have no key */
    public void read(long records, long withoutKey) {
        read += records;
        keyless += withoutKey;
    }

    public void skip(ProcessVersion version) {
        String name = version.toString();
        boolean known = skipped.size() < maxVersions || skipped.containsKey(name);
        skipped.merge(known ? name : OTHER_VERSIONS, 1L, Long::sum);
    }

    /** An exact time range does not take it. */
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

    /** How many records were read. */
    public long read() {
        return read;
    }

    /** Whether each version that was skipped has a count of its own. */
    public boolean knowsVersions() {
        return !skipped.containsKey(OTHER_VERSIONS);
    }

    public Counts counts() {
        Map<String, Long> byReason = new TreeMap<>();
        deadLetters.forEach((reason, count) -> byReason.put(reason.toString(), count));
        return new Counts(
                read,
                sum(skipped),
                duplicates,
                sum(byReason),
                taken,
                results,
                new TreeMap<>(skipped),
                byReason,
                outside,
                keyless);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
