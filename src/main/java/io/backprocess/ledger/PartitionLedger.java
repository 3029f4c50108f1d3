package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the batch has committed of one source partition: its lines' ranges lie end to end, its counts add up. */
public final class PartitionLedger {
    private final OffsetRange range;
    private final Coverage coverage = new Coverage();
    private final Redriven redriven = Redriven.none();
    private final Repaired repaired = Repaired.none();
    /** The source offsets that repairs have put through again, in the order of the ledger; those that lie end to end are one. */
    private final List<OffsetRange> repairedStretches = new ArrayList<>();

    private Counts counts = Counts.NONE;
    private long committed;
    private long newestStretch;
    private @Nullable Instant lastCommit;

    PartitionLedger(OffsetRange range) {
        this.range = range;
        this.newestStretch = range.start();
    }

    void add(BatchLedger.Commit commit) {
        LedgerLine line = commit.line();
        Long from = line.from();
        Long next = line.next();
        if (from != null && next != null) {
            OffsetRange span = new OffsetRange(range.partition(), from, next);
            coverage.add(from, next);
            if (commit.repaired() != null) {
                addRepaired(span);
            }
        }
        counts = counts.plus(line.counts());
        // A line that only counts still says that the partition was begun.
        committed = Math.max(committed, Objects.requireNonNullElse(next, 0L));
        newestStretch = Math.max(newestStretch, Objects.requireNonNullElse(from, 0L));
        lastCommit = commit.at();
        if (commit.redriven() != null) {
            redriven.addAll(commit.redriven());
        }
        if (commit.repaired() != null) {
            repaired.addAll(commit.repaired());
        }
    }

    LedgerSummary.Partition summary() {
        boolean isRepaired = !repairedStretches.isEmpty()
                || !repaired.results().isEmpty()
                || !repaired.deadLetters().isEmpty();
        return new LedgerSummary.Partition(
                range.partition(),
                counts,
                committed,
                newestStretch,
                Objects.requireNonNull(lastCommit).toEpochMilli(),
                pairs(coverage.ranges(range.partition())),
                pairs(coverage.overlaps(range.partition())),
                redriven.deadLetters().isEmpty() ? null : redriven.copy(),
                isRepaired ? repaired.copy() : null,
                isRepaired ? pairs(repairedStretches) : null);
    }

    private static List<List<Long>> pairs(List<OffsetRange> ranges) {
        return ranges.stream().map(each -> List.of(each.start(), each.end())).toList();
    }

    /** Of one without lines. */
    void restore(LedgerSummary.Partition sum) {
        counts = sum.counts();
        committed = sum.committed();
        newestStretch = sum.newestStretch();
        lastCommit = Instant.ofEpochMilli(sum.lastCommit());
        sum.covered().forEach(pair -> coverage.add(pair.get(0), pair.get(1)));
        sum.twice().forEach(pair -> coverage.add(pair.get(0), pair.get(1)));
        if (sum.redriven() != null) {
            redriven.addAll(sum.redriven());
        }
        if (sum.repaired() != null) {
            repaired.addAll(sum.repaired());
        }
        if (sum.repairedStretches() != null) {
            sum.repairedStretches()
                    .forEach(pair ->
                            repairedStretches.add(new OffsetRange(range.partition(), pair.get(0), pair.get(1))));
        }
    }

    private void addRepaired(OffsetRange span) {
        int last = repairedStretches.size() - 1;
        boolean goesOn = last >= 0 && repairedStretches.get(last).end() == span.start();
        long start = goesOn ? repairedStretches.remove(last).start() : span.start();
        repairedStretches.add(new OffsetRange(range.partition(), start, span.end()));
    }

    public OffsetRange range() {
        return range;
    }

    public Counts counts() {
        return counts;
    }

    /** Whether no line is of it. */
    boolean isEmpty() {
        return lastCommit == null;
    }

    /** The highest offset up to which something is committed, whatever is missing before it. */
    long committed() {
        return committed;
    }

    /** Where the line begins that reaches furthest. */
    public long newestStretch() {
        return newestStretch;
    }

    /** When its last line was written. */
    public @Nullable Instant lastCommit() {
        return lastCommit;
    }

    Redriven redriven() {
        return redriven;
    }

    Repaired repaired() {
        return repaired;
    }

    List<OffsetRange> repairedStretches() {
        return List.copyOf(repairedStretches);
    }

    /** The first offset that no line covers. */
    public long next() {
        return coverage.firstMissing(range.start());
    }

    /** Offsets that are not committed yet; 0 of an open range, which has no end to count from. */
    public long remaining() {
        return range.isOpen() ? 0 : range.end() - next();
    }

    /** Stretches that no line covers although later ones are covered: transactions that the platform lost. */
    public List<OffsetRange> gaps() {
        return coverage.gaps(range.partition(), range.start());
    }

    /** All that no line covers: the gaps, and what is left up to the end of the range if it has one. */
    public List<OffsetRange> missing() {
        List<OffsetRange> missing = new ArrayList<>(gaps());
        long reached = Math.max(range.start(), coverage.end(range.start()));
        if (!range.isOpen() && reached < range.end()) {
            missing.add(new OffsetRange(range.partition(), reached, range.end()));
        }
        return missing;
    }

    /** Stretches that more than one line covers: results that were written twice. */
    public List<OffsetRange> overlaps() {
        return coverage.overlaps(range.partition());
    }

    public boolean isComplete() {
        return next() == range.end() && counts.isBalanced();
    }
}
