package io.backprocess.dedupe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdFilterTest {
    @Test
    void neverDeniesWhatWasAdded() {
        for (long bytes : new long[] {0, 1, 64, 1000, 100_000}) {
            IdFilter filter = new IdFilter(bytes);
            SplittableRandom random = new SplittableRandom(bytes);
            for (int i = 0; i < 10_000; i++) {
                filter.add(random.nextLong());
            }

            SplittableRandom again = new SplittableRandom(bytes);
            for (int i = 0; i < 10_000; i++) {
                assertThat(filter.mayContain(again.nextLong()))
                        .as("id %d in %d bytes", i, bytes)
                        .isTrue();
            }
        }
    }

    @Test
    void isWrongForOneNewIdInFiftyAtTenBitsAnId() {
        int ids = 200_000;
        IdFilter filter = new IdFilter(ids * 10 / 8);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ids; i++) {
            filter.add(random.nextLong());
        }

        int wrong = 0;
        for (int i = 0; i < ids; i++) {
            wrong += filter.mayContain(random.nextLong()) ? 1 : 0;
        }

        assertThat((double) wrong / ids).isBetween(0.005, 0.02);
    }
}
