package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The findings of all threads. The first {@value #MAX_KEPT} are kept, and all findings about the ledger, because those are few
 * and explain the others. All findings are counted.
 */
final class Findings {
    static final int MAX_KEPT = 1000;

    private static final Comparator<Finding> BY_PLACE = Comparator.comparing(Finding::topic)
            .thenComparing(Finding::partition)
            .thenComparing(Finding::offset, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Finding::kind);

    private final List<Finding> kept = new ArrayList<>();
    private long total;

    synchronized void add(Finding finding) {
        total++;
        if (kept.size() < MAX_KEPT || finding.kind().isOfTheLedger()) {
            kept.add(finding);
        }
    }

    void addAll(Findings others) {
        List<Finding> all = others.kept();
        all.forEach(this::add);
        more(others.total() - all.size());
    }

    private synchronized void more(long others) {
        total += others;
    }

    synchronized long total() {
        return total;
    }

    /** Writes the findings so far. */
    synchronized void write(DataOutput out) throws IOException {
        out.writeLong(total);
        StateJson.write(kept.toArray(new Finding[0]), out);
    }

    /** Goes on with what {@link #write} has written, before anything is found here. */
    synchronized void resume(DataInput in) throws IOException {
        total = in.readLong();
        kept.addAll(List.of(StateJson.read(in, Finding[].class)));
    }

    /** Returns the kept findings, sorted by topic, partition and offset. */
    synchronized List<Finding> kept() {
        return kept.stream().sorted(BY_PLACE).toList();
    }
}
