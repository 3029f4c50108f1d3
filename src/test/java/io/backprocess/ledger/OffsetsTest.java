package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void holdsWhatASortedSetHolds(long seed) throws Exception {
        Random random = new Random(seed);
        TreeSet<Long> oracle = new TreeSet<>();
        Offsets offsets = new Offsets();
        for (int i = 0; i < 3000; i++) {
            long offset = random.nextBoolean() ? random.nextInt(5000) : (1L << 40) + random.nextInt(9000);
            assertThat(offsets.add(offset)).as("seed %d", seed).isEqualTo(oracle.add(offset));
        }

        List<Long> all = new ArrayList<>();
        offsets.forEach(all::add);

        assertThat(all).as("seed %d", seed).isEqualTo(List.copyOf(oracle));
        assertThat(offsets.size()).isEqualTo(oracle.size());
        assertThat(offsets.first()).isEqualTo(oracle.first());
        assertThat(offsets.last()).isEqualTo(oracle.last());
        assertThat(offsets.contains(oracle.first())).isTrue();
        assertThat(offsets.contains(77_777)).isFalse();
        ObjectMapper json = new ObjectMapper();
        Offsets again = json.readValue(json.writeValueAsBytes(offsets), Offsets.class);
        assertThat(again.ranges()).isEqualTo(offsets.ranges());
        assertThat(again.size()).isEqualTo(offsets.size());
    }

    /** Dense offsets are bits, sparse ones a list, and a set that changes from one to the other has both. */
    @ParameterizedTest
    @CsvSource({"1, 3", "2, 40", "3, 700", "4, 9000", "5, 90000"})
    void holdsWhatASortedSetHoldsAtAnyDensity(long seed, int apart) {
        Random random = new Random(seed);
        TreeSet<Long> oracle = new TreeSet<>();
        Offsets offsets = new Offsets();
        for (int i = 0; i < 200; i++) {
            long from = random.nextInt(apart) * 300L;
            long to = from + 1 + random.nextInt(random.nextInt(10) == 0 ? 70_000 : 3);
            Offsets range = Offsets.of(List.of(List.of(from, to)));
            for (int further = random.nextInt(30); further > 0; further--) {
                long offset = from + random.nextInt(1 + random.nextInt(3 * apart));
                range.add(offset);
                oracle.add(offset);
            }
            offsets.addAll(range);
            LongStream.range(from, to).forEach(oracle::add);
            long one = random.nextInt(apart * 100);
            assertThat(offsets.contains(one)).as("seed %d", seed).isEqualTo(oracle.contains(one));
            assertThat(offsets.add(one)).as("seed %d", seed).isEqualTo(oracle.add(one));
        }

        List<Long> all = new ArrayList<>();
        offsets.forEach(all::add);

        assertThat(all).as("seed %d", seed).isEqualTo(List.copyOf(oracle));
        assertThat(offsets.size()).as("seed %d", seed).isEqualTo(oracle.size());
        assertThat(offsets.first()).isEqualTo(oracle.first());
        assertThat(offsets.last()).isEqualTo(oracle.last());
    }

    /** A history of a billion records may have a million dead letters. */
    @ParameterizedTest
    @CsvSource({"1, 0.3", "10, 3", "100, 5", "1000, 9"})
    void takesAFewBytesAnOffsetHoweverFarApartTheyAre(int apart, double bytes) {
        Offsets offsets = new Offsets();
        for (long number = 0; number < 1_000_000; number++) {
            offsets.add(number * apart);
        }

        double each = (double) offsets.bytes() / offsets.size();

        assertThat(each).isLessThan(bytes);
    }

    @Test
    void holdsTheOffsetsOfBothSetsOnce() {
        Offsets offsets = Offsets.of(List.of(List.of(4_000L, 9_000L), List.of(Long.MAX_VALUE - 5, Long.MAX_VALUE)));

        offsets.addAll(Offsets.of(List.of(List.of(1L, 3L), List.of(8_999L, 20_000L))));

        assertThat(offsets.ranges())
                .containsExactly(
                        List.of(1L, 3L), List.of(4_000L, 20_000L), List.of(Long.MAX_VALUE - 5, Long.MAX_VALUE));
        assertThat(offsets.size()).isEqualTo(2 + 16_000 + 5);
    }

    @Test
    void isWrittenAsRangesWithoutTheirEnds() throws Exception {
        Offsets offsets = new Offsets();
        for (long offset : new long[] {4095, 4096, 4097, 9, 7}) {
            offsets.add(offset);
        }

        assertThat(new ObjectMapper().writeValueAsString(offsets)).isEqualTo("[[7,8],[9,10],[4095,4098]]");
        assertThat(new ObjectMapper().writeValueAsString(new Offsets())).isEqualTo("[]");
    }

    @Test
    void refusesWhatIsNoRange() {
        assertThatThrownBy(() -> Offsets.of(List.of(List.of(5L, 5L)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Offsets.of(List.of(List.of(5L)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Offsets.of(List.of(List.of(-1L, 5L)))).isInstanceOf(IllegalArgumentException.class);
    }
}
