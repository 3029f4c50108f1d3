package io.backprocess.ledger;

import io.backprocess.event.OffsetRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the batch has committed of one source partition: its lines' ranges lie end to end, its counts add up. */
public final class PartitionLedger {
    private final OffsetRange range;
    /** As the lines have them; those that lie end to end, as they mostly do, are one. */
    private final List<OffsetRange> stretches = new ArrayList<>();

    private Counts counts = Counts.NONE;

    PartitionLedger(OffsetRange range) {
        this.range = range;
    }

    void add(LedgerLine line) {
        counts = counts.plus(Counts.of(line));
        Long from = line.from();
        Long next = line.next();
        if (from != null && next != null) {
            cover(from, next);
        }
    }

    private void cover(long from, long next) {
        int last = stretches.size() - 1;
        boolean goesOn = last >= 0 && stretches.get(last).end() == from;
        long start = goesOn ? stretches.remove(last).start() : from;
        stretches.add(new OffsetRange(range.partition(), start, next));
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

    /** Offsets that are not committed yet; 0 of an open range, which has no end to count from. */
    public long remaining() {
        return range.isOpen() ? 0 : range.end() - next();
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

    /** All that no line covers: the gaps, and what is left up to the end of the range if it has one. */
    public List<OffsetRange> missing() {
        List<OffsetRange> missing = new ArrayList<>(gaps());
        long reached = stretches.stream().mapToLong(OffsetRange::end).reduce(range.start(), Math::max);
        if (!range.isOpen() && reached < range.end()) {
            missing.add(new OffsetRange(range.partition(), reached, range.end()));
        }
        return missing;
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
                .sorted(Comparator.comparingLong(OffsetRange::start))
                .toList();
    }
}
