package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoverageTest {
    private static final int OFFSETS = 200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void saysWhatOffsetsCountedOneByOneWould(long seed) {
        Random random = new Random(seed);
        Coverage coverage = new Coverage();
        int[] times = new int[OFFSETS];
        for (int i = 0; i < 40; i++) {
            int from = random.nextInt(OFFSETS);
            int to = Math.min(OFFSETS, from + random.nextInt(12));
            coverage.add(from, to);
            for (int offset = from; offset < to; offset++) {
                times[offset]++;
            }

            assertThat(coverage.ranges(0)).as("seed %d", seed).isEqualTo(ranges(times, 1));
            assertThat(coverage.overlaps(0)).as("seed %d", seed).isEqualTo(ranges(times, 2));
            int start = random.nextInt(OFFSETS);
            assertThat(coverage.firstMissing(start)).as("seed %d", seed).isEqualTo(firstMissing(times, start));
        }
        BitSet missing = new BitSet();
        coverage.gaps(0, 0).forEach(gap -> missing.set((int) gap.start(), (int) gap.end()));
        for (int offset = 0; offset < coverage.end(0); offset++) {
            assertThat(missing.get(offset)).as("seed %d", seed).isEqualTo(times[offset] == 0);
        }
    }

    private static List<OffsetRange> ranges(int[] times, int least) {
        List<OffsetRange> ranges = new ArrayList<>();
        for (int from = 0; from < OFFSETS; from++) {
            int to = from;
            while (to < OFFSETS && times[to] >= least) {
                to++;
            }
            if (to > from) {
                ranges.add(new OffsetRange(0, from, to));
                from = to;
            }
        }
        return ranges;
    }

    private static long firstMissing(int[] times, int from) {
        int offset = from;
        while (offset < OFFSETS && times[offset] > 0) {
            offset++;
        }
        return offset;
    }
}
