package io.backprocess.ledger;

import io.backprocess.event.OffsetRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the batch has committed of one source partition: its lines' ranges lie end to end, its counts add up. */
public final class PartitionLedger {
    private final OffsetRange range;
    private final List<LedgerLine> stretches = new ArrayList<>();
    private Counts counts = Counts.NONE;

    PartitionLedger(OffsetRange range) {
        this.range = range;
    }

    void add(LedgerLine line) {
        counts = counts.plus(Counts.of(line));
        if (line.from() != null && line.next() != null) {
            stretches.add(line);
        }
    }

    public OffsetRange range() {
        return range;
    }

    public Counts counts() {
        return counts;
    }

    /** The first offset that no line covers. */
    public long next() {
        long next = range.start();
        for (OffsetRange stretch : sorted()) {
            if (stretch.start() > next) {
                break;
            }
            next = Math.max(next, stretch.end());
        }
        return next;
    }

    public long remaining() {
        return range.end() - next();
    }

    /** Stretches that no line covers although later ones are covered: transactions that the platform lost. */
    public List<OffsetRange> gaps() {
        List<OffsetRange> gaps = new ArrayList<>();
        long next = range.start();
        for (OffsetRange stretch : sorted()) {
            if (stretch.start() > next) {
                gaps.add(new OffsetRange(range.partition(), next, stretch.start()));
            }
            next = Math.max(next, stretch.end());
        }
        return gaps;
    }

    /** Stretches that more than one line covers: results that were written twice. */
    public List<OffsetRange> overlaps() {
        List<OffsetRange> overlaps = new ArrayList<>();
        long next = range.start();
        for (OffsetRange stretch : sorted()) {
            if (stretch.start() < next) {
                overlaps.add(new OffsetRange(range.partition(), stretch.start(), Math.min(next, stretch.end())));
            }
            next = Math.max(next, stretch.end());
        }
        return overlaps;
    }

    public boolean isComplete() {
        return next() == range.end() && counts.isBalanced();
    }

    private List<OffsetRange> sorted() {
        return stretches.stream()
                .map(line -> new OffsetRange(range.partition(), orZero(line.from()), orZero(line.next())))
                .sorted(Comparator.comparingLong(OffsetRange::start))
                .toList();
    }

    private static long orZero(@Nullable Long offset) {
        return offset == null ? 0 : offset;
    }
}
