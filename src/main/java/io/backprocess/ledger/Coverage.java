package io.backprocess.ledger;

import io.backprocess.batch.OffsetRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Which offsets of a partition were covered, and which of them more than once. Ranges that touch are one, so memory grows with
 * the gaps and not with how often something was covered.
 */
final class Coverage {
    private final TreeMap<Long, Long> covered = new TreeMap<>();
    private final TreeMap<Long, Long> twice = new TreeMap<>();

    void add(long from, long to) {
        if (from >= to) {
            return;
        }
        // What it shares with what is there was covered before.
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

    /** The first offset from here on that is not covered. */
    long firstMissing(long from) {
        Map.Entry<Long, Long> range = covered.floorEntry(from);
        return range == null ? from : Math.max(from, range.getValue());
    }

    /** The end of the last range, or {@code otherwise} where there is none. */
    long end(long otherwise) {
        return covered.isEmpty() ? otherwise : covered.lastEntry().getValue();
    }

    /** What is not covered from here on, up to the end of the last range. */
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
