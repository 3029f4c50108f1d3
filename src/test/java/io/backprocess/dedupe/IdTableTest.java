package io.backprocess.dedupe;

import static io.backprocess.dedupe.IdTable.IdCheck.CONFLICT;
import static io.backprocess.dedupe.IdTable.IdCheck.DUPLICATE;
import static io.backprocess.dedupe.IdTable.IdCheck.FULL;
import static io.backprocess.dedupe.IdTable.IdCheck.NEW;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.dedupe.IdTable.IdCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdTableTest {
    private static final long PAYLOAD = 0xFFFF_FFFFL;

    private final IdTable table = new IdTable(IdMemory.unlimited());

    @Test
    void tellsNewFromDuplicateFromConflict() {
        IdCheck first = table.take(7, 0x1_0000_0001L);

        IdCheck same = table.take(7, 0x1_0000_0001L);
        IdCheck otherPayload = table.take(7, 0x1_0000_0002L);
        IdCheck otherId = table.take(7, 0x2_0000_0001L);

        assertThat(first).isEqualTo(NEW);
        assertThat(same).isEqualTo(DUPLICATE);
        assertThat(otherPayload).isEqualTo(CONFLICT);
        assertThat(otherId).isEqualTo(NEW);
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void keepsTheFirstCopyWhenOthersConflict() {
        table.take(7, 1);
        table.take(7, 2);

        IdCheck conflicting = table.take(7, 2);
        IdCheck first = table.take(7, 1);

        assertThat(conflicting).isEqualTo(CONFLICT);
        assertThat(first).isEqualTo(DUPLICATE);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void saysThatItIsFullWithoutForgettingOrDoubling() {
        IdTable table = new IdTable(new IdMemory(64 * 1024));
        SplittableRandom random = new SplittableRandom(1);
        int taken = 0;
        while (table.take(random.nextLong(), random.nextLong()) == NEW) {
            taken++;
        }

        SplittableRandom again = new SplittableRandom(1);
        for (int i = 0; i < taken; i++) {
            IdCheck check = table.take(again.nextLong(), again.nextLong());
            assertThat(check).as("of id %d", i).isEqualTo(DUPLICATE);
        }
        IdCheck refused = table.take(again.nextLong(), again.nextLong());

        assertThat(refused).isEqualTo(FULL);
        assertThat(table.size()).isEqualTo(taken);
        assertThat(taken).as("ids in 64 KiB").isBetween(1_300, 3_300);
    }

    @Test
    void givesItsMemoryBackWhenItIsCleared() {
        IdMemory memory = new IdMemory(64 * 1024);
        IdTable cleared = new IdTable(memory);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 500; i++) {
            cleared.take(random.nextLong(), random.nextLong());
        }

        cleared.clear();

        assertThat(memory.used()).isZero();
        assertThat(cleared.size()).isZero();
    }

    @Test
    void takesTwentyToFortyBytesAnIdAtAnySize() {
        IdMemory memory = new IdMemory(1L << 30);
        IdTable table = new IdTable(memory);
        SplittableRandom random = new SplittableRandom(1);

        for (int ids = 1; ids <= 1_000_000; ids++) {
            table.take(random.nextLong(), random.nextLong());
            if (ids >= 10_000 && ids % 10_000 == 0) {
                double bytes = (double) memory.used() / ids;
                assertThat(bytes).as("bytes an id of %d", ids).isBetween(26.0, 32.0);
            }
        }
    }

    @Test
    void agreesWithAHashMapWhateverTheHashesLookLike() {
        for (long seed = 1; seed <= 100; seed++) {
            agreesWithAHashMap(seed);
        }
    }

    private static void agreesWithAHashMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        // Few distinct bits in the upper half crowd one segment, few in the lower half crowd one slot.
        long highMask = sparse(random) & (random.nextBoolean() ? -1 : 0xFC00_0000_0000_00FFL);
        long lowMask = sparse(random) & 0x0000_00FF_0000_0003L;
        Map<List<Long>, Long> oracle = new HashMap<>();
        IdTable table = new IdTable(IdMemory.unlimited());
        for (int i = 0; i < 5_000; i++) {
            long high = Math.max(random.nextLong() & highMask, 1);
            long low = random.nextLong() & lowMask;

            IdCheck check = table.take(high, low);

            Long before = oracle.putIfAbsent(List.of(high, low & ~PAYLOAD), low & PAYLOAD);
            IdCheck expected = before == null ? NEW : before == (low & PAYLOAD) ? DUPLICATE : CONFLICT;
            if (check != expected) {
                assertThat(check).as("seed %d, step %d", seed, i).isEqualTo(expected);
            }
        }
        assertThat(table.size()).as("seed %d", seed).isEqualTo(oracle.size());
        oracle.forEach((id, payload) -> assertThat(table.take(id.get(0), id.get(1) | payload))
                .as("seed %d", seed)
                .isEqualTo(DUPLICATE));
    }

    /** With a quarter of its bits. */
    private static long sparse(SplittableRandom random) {
        long bits = random.nextLong();
        return bits & random.nextLong();
    }
}
