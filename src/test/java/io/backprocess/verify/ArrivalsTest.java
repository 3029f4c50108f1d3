package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.dedupe.SeenIds.Identity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

    @Test
    void givesBackWhatWasAddedOnceEach() {
        Arrivals arrivals = new Arrivals();
        for (int i = 0; i < 10_000; i++) {
            arrivals.add(i / 2, i, i);
        }

        for (int i = 0; i < 10_000; i += 2) {
            assertThat(arrivals.take(i / 2, i)).isEqualTo(i);
            assertThat(arrivals.take(i / 2, i)).isEqualTo(Arrivals.NONE);
            assertThat(arrivals.has(i / 2)).isTrue();
        }
        assertThat(arrivals.takeAny(0)).isEqualTo(1);
        assertThat(arrivals.has(0)).isFalse();

        List<Long> left = new ArrayList<>();
        arrivals.forEachLeft((key, offset) -> left.add(offset));
        assertThat(left).hasSize(4999).doesNotContain(0L, 1L, 2L).contains(3L, 9999L);
    }

    @Test
    void keepsWhatIsKnownOfACopyInThreeNumbers() {
        UndecidedCopies undecided = new UndecidedCopies();
        for (int i = 0; i < 1000; i++) {
            undecided.add(
                    new Identity(i, -i),
                    1L << 40 | i,
                    i % 4 == 1 ? CopySign.RESULTS_ABSENT : CopySign.CONFLICT,
                    i % 4 == 1 ? 100_000 : 7);
        }

        List<Long> offsets = new ArrayList<>();
        undecided.forEach(CopySign.RESULTS_ABSENT, (identity, offset, results) -> {
            assertThat(identity.low()).isEqualTo(-identity.high());
            assertThat(results).isEqualTo(16_383);
            offsets.add(offset);
        });

        assertThat(offsets).hasSize(250).startsWith(1L << 40 | 1).endsWith(1L << 40 | 997);
    }
}
