package io.backprocess.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import io.backprocess.preview.Slices.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlicesTest {
    @Test
    void readsASmallRangeWhole() {
        Slices slices = Slices.of(List.of(new OffsetRange(0, 5, 105), new OffsetRange(1, 7, 7)), 100);

        assertThat(slices.whole()).isTrue();
        assertThat(slices.slices()).containsExactly(new Slice(0, 5, 105, 100));
    }

    @Test
    void liesEvenlyOverTheRangeFromItsHeadToItsTail() {
        Slices slices = Slices.of(List.of(new OffsetRange(0, 1000, 1_001_000)), 10_000);

        List<Slice> all = slices.of(0);
        assertThat(slices.whole()).isFalse();
        assertThat(all).hasSize(100).allSatisfy(slice -> assertThat(slice.records())
                .isEqualTo(100));
        assertThat(all.get(0).from()).isEqualTo(1000);
        assertThat(all.get(99).from() + 100).isEqualTo(1_001_000);
        for (int i = 1; i < all.size(); i++) {
            assertThat(all.get(i).from() - all.get(i - 1).from()).isBetween(9_900L, 10_100L);
        }
    }

    @Test
    void takesMoreOfALargerPartition() {
        Slices slices = Slices.of(List.of(new OffsetRange(0, 0, 900_000), new OffsetRange(1, 0, 100_000)), 10_000);

        assertThat(slices.of(0)).hasSize(90);
        assertThat(slices.of(1)).hasSize(10);
        assertThat(records(slices)).isEqualTo(10_000);
    }

    @Test
    void reckonsWithOffsetsOfAnySize() {
        Slices slices = Slices.of(List.of(new OffsetRange(0, 0, Long.MAX_VALUE / 2)), 1_000_000);

        assertThat(records(slices)).isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverOverlapsNorLeavesTheRange(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<OffsetRange> ranges = new ArrayList<>();
            for (int partition = 0; partition < 1 + random.nextInt(300); partition++) {
                long start = random.nextInt(1000);
                ranges.add(new OffsetRange(partition, start, start + random.nextInt(random.nextBoolean() ? 5 : 5000)));
            }
            long wanted = 1L + random.nextInt(20_000);

            Slices slices = Slices.of(ranges, wanted);

            String story = "seed %d, round %d".formatted(seed, round);
            assertThat(records(slices)).as(story).isEqualTo(Math.min(wanted, slices.offsets()));
            for (OffsetRange range : ranges) {
                long free = range.start();
                for (Slice slice : slices.of(range.partition())) {
                    assertThat(slice.from()).as(story).isGreaterThanOrEqualTo(free);
                    assertThat(slice.from() + slice.records()).as(story).isLessThanOrEqualTo(slice.to());
                    free = slice.to();
                }
                assertThat(free).as(story).isLessThanOrEqualTo(range.end());
            }
        }
    }

    private static long records(Slices slices) {
        return slices.slices().stream().mapToLong(Slice::records).sum();
    }
}
