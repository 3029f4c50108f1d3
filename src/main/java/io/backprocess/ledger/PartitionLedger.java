package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The work that a batch has committed for one source partition: the ranges and the sum of the counts of its lines. */
public final class PartitionLedger {
    private final OffsetRange range;
    private final Coverage coverage = new Coverage();
    private final Redriven redriven = Redriven.none();
    private final Repaired repaired = Repaired.none();
    /** The source offset ranges that repairs have processed again, in the order of the ledger. Adjacent ranges are joined. */
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
        Long from = line.covered().from();
        Long next = line.covered().next();
        if (from != null && next != null) {
            OffsetRange span = new OffsetRange(range.partition(), from, next);
            coverage.add(from, next);
            if (commit.repaired() != null) {
                addRepaired(span);
            }
        }
        counts = counts.plus(line.counts());
        // A line that only counts still shows that the batch has begun the partition.
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

    LedgerSummary.PartitionSummary summary() {
        boolean isRepaired = !repairedStretches.isEmpty()
                || !repaired.results().isEmpty()
                || !repaired.deadLetters().isEmpty();
        return new LedgerSummary.PartitionSummary(
                range.partition(),
                counts,
                new LedgerSummary.Commits(
                        committed,
                        newestStretch,
                        Objects.requireNonNull(lastCommit).toEpochMilli()),
                new LedgerSummary.CoveredOffsets(
                        pairs(coverage.ranges(range.partition())), pairs(coverage.overlaps(range.partition()))),
                new LedgerSummary.LaterChanges(
                        redriven.deadLetters().isEmpty() ? null : redriven.copy(),
                        isRepaired ? repaired.copy() : null,
                        isRepaired ? pairs(repairedStretches) : null));
    }

    private static List<List<Long>> pairs(List<OffsetRange> ranges) {
        return ranges.stream().map(each -> List.of(each.start(), each.end())).toList();
    }

    /** Puts this empty ledger into the state that the summary describes. */
    void restore(LedgerSummary.PartitionSummary sum) {
        counts = sum.counts();
        committed = sum.commits().committed();
        newestStretch = sum.commits().newestStretch();
        lastCommit = Instant.ofEpochMilli(sum.commits().lastCommit());
        sum.coverage().covered().forEach(pair -> coverage.add(pair.get(0), pair.get(1)));
        sum.coverage().twice().forEach(pair -> coverage.add(pair.get(0), pair.get(1)));
        if (sum.later().redriven() != null) {
            redriven.addAll(sum.later().redriven());
        }
        if (sum.later().repaired() != null) {
            repaired.addAll(sum.later().repaired());
        }
        if (sum.later().repairedStretches() != null) {
            sum.later()
                    .repairedStretches()
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

    /** Tells whether the partition has no line. */
    boolean isEmpty() {
        return lastCommit == null;
    }

    /**
     * Returns the offset behind the highest one that a line covers; 0 if there is none. Earlier offsets can be missing, see {@link
     * #next}.
     */
    public long committed() {
        return committed;
    }

    /** Returns the highest start offset of a line. */
    public long newestStretch() {
        return newestStretch;
    }

    /** Returns the time at which the partition's last line was written; null if it has no line. */
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

    /** Returns the first offset that no line covers. */
    public long next() {
        return coverage.firstMissing(range.start());
    }

    /** Returns the number of offsets that are not committed yet; 0 for an open range, because it has no end. */
    public long remaining() {
        return range.isOpen() ? 0 : range.end() - next();
    }

    /** Returns the ranges that no line covers although later offsets are covered: transactions that the platform lost. */
    public List<OffsetRange> gaps() {
        return coverage.gaps(range.partition(), range.start());
    }

    /** Returns all ranges that no line covers: the gaps, and the rest up to the end of the range if the range has one. */
    public List<OffsetRange> missing() {
        List<OffsetRange> missing = new ArrayList<>(gaps());
        long reached = Math.max(range.start(), coverage.end(range.start()));
        if (!range.isOpen() && reached < range.end()) {
            missing.add(new OffsetRange(range.partition(), reached, range.end()));
        }
        return missing;
    }

    /** Returns the ranges that more than one line covers: their results were written twice. */
    public List<OffsetRange> overlaps() {
        return coverage.overlaps(range.partition());
    }

    public boolean isComplete() {
        return next() == range.end() && counts.isBalanced();
    }
}
