package io.backprocess.preview;

import io.backprocess.batch.OffsetRange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The slices of a sample. They are spread evenly over each partition's range, the first at its head and the last at its tail.
 * Their number is in proportion to the partition's share of all offsets. The same range always has the same slices.
 *
 * @param offsets the number of offsets in the whole range
 * @param whole whether the sample is the whole range
 */
record Slices(List<Slice> slices, long offsets, boolean whole) {
    private static final long SLICES = 100;

    /**
     * @param to the earliest start of the next slice; where records are missing, this slice may extend up to here
     * @param records the most records to read from it
     */
    record Slice(int partition, long from, long to, long records) {}

    static Slices of(List<OffsetRange> ranges, long records) {
        long offsets = ranges.stream().mapToLong(OffsetRange::size).sum();
        boolean whole = offsets <= records;
        List<Slice> slices = new ArrayList<>();
        long before = 0;
        for (OffsetRange range : ranges) {
            long after = before + range.size();
            if (whole && range.size() > 0) {
                slices.add(new Slice(range.partition(), range.start(), range.end(), range.size()));
            } else if (!whole) {
                // The share comes from cumulative sizes, so that rounding errors do not add up.
                long share = part(after, records, offsets) - part(before, records, offsets);
                long count = Math.round((double) SLICES * share / records);
                slices.addAll(spread(range, share, Math.max(1, Math.min(share, count))));
            }
            before = after;
        }
        return new Slices(slices, offsets, whole);
    }

    private static List<Slice> spread(OffsetRange range, long records, long count) {
        List<Slice> slices = new ArrayList<>();
        for (long i = 0; i < count && records > 0; i++) {
            long begin = range.start() + part(range.size(), i, count);
            long end = range.start() + part(range.size(), i + 1, count);
            long wanted = Math.min(end - begin, part(records, i + 1, count) - part(records, i, count));
            long room = end - begin - wanted;
            long from = begin + (count == 1 ? room / 2 : part(room, i, count - 1));
            if (wanted > 0) {
                slices.add(new Slice(range.partition(), from, end, wanted));
            }
        }
        return slices;
    }

    /** Returns {@code whole * part / of}. The product may exceed a long. */
    private static long part(long whole, long part, long of) {
        return BigInteger.valueOf(whole)
                .multiply(BigInteger.valueOf(part))
                .divide(BigInteger.valueOf(of))
                .longValueExact();
    }

    List<Slice> of(int partition) {
        return slices.stream().filter(slice -> slice.partition() == partition).toList();
    }
}
