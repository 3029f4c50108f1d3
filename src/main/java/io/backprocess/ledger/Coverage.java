package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The offsets of a partition that are covered, and those that are covered more than once. Adjacent ranges are joined, so memory
 * grows with the number of gaps and not with the number of ranges added.
 */
final class Coverage {
    private final TreeMap<Long, Long> covered = new TreeMap<>();
    private final TreeMap<Long, Long> twice = new TreeMap<>();

    void add(long from, long to) {
        if (from >= to) {
            return;
        }
        // The new range may overlap earlier ones. Those offsets are now covered twice.
        Map.Entry<Long, Long> before = covered.lowerEntry(from);
        if (before != null && before.getValue() > from) {
            join(twice, from, Math.min(to, before.getValue()));
        }
        for (Map.Entry<Long, Long> inside :
                covered.subMap(from, true, to, false).entrySet()) {
            join(twice, inside.getKey(), Math.min(to, inside.getValue()));
        }
        join(covered, from, to);
    }

    private static void join(NavigableMap<Long, Long> ranges, long from, long to) {
        long start = from;
        long end = to;
        Map.Entry<Long, Long> touched = ranges.floorEntry(to);
        while (touched != null && touched.getValue() >= start) {
            start = Math.min(start, touched.getKey());
            end = Math.max(end, touched.getValue());
            ranges.remove(touched.getKey());
            touched = ranges.floorEntry(to);
        }
        ranges.put(start, end);
    }

    /** Returns the first offset at or after {@code from} that is not covered. */
    long firstMissing(long from) {
        Map.Entry<Long, Long> range = covered.floorEntry(from);
        return range == null ? from : Math.max(from, range.getValue());
    }

    /** Returns the end of the last range, or {@code otherwise} if there is none. */
    long end(long otherwise) {
        return covered.isEmpty() ? otherwise : covered.lastEntry().getValue();
    }

    /** Returns the ranges that are not covered between {@code from} and the end of the last range. */
    List<OffsetRange> gaps(int partition, long from) {
        List<OffsetRange> gaps = new ArrayList<>();
        long next = from;
        for (Map.Entry<Long, Long> range : covered.entrySet()) {
            if (range.getKey() > next) {
                gaps.add(new OffsetRange(partition, next, range.getKey()));
            }
            next = Math.max(next, range.getValue());
        }
        return gaps;
    }

    List<OffsetRange> ranges(int partition) {
        return ranges(partition, covered);
    }

    List<OffsetRange> overlaps(int partition) {
        return ranges(partition, twice);
    }

    private static List<OffsetRange> ranges(int partition, Map<Long, Long> ranges) {
        return ranges.entrySet().stream()
                .map(range -> new OffsetRange(partition, range.getKey(), range.getValue()))
                .toList();
    }
}
