package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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

        assertThat(all).as("seed %d", seed).containsExactlyElementsOf(oracle);
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
