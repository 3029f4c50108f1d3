package io.backprocess.dedupe;

import static io.backprocess.dedupe.IdTable.Verdict.CONFLICT;
import static io.backprocess.dedupe.IdTable.Verdict.DUPLICATE;
import static io.backprocess.dedupe.IdTable.Verdict.NEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.dedupe.IdTable.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdTableTest {
    private static final long PAYLOAD = 0xFFFF_FFFFL;

    private final IdTable table = new IdTable();

    @Test
    void tellsNewFromDuplicateFromConflict() {
        Verdict first = table.take(7, 0x1_0000_0001L);

        Verdict same = table.take(7, 0x1_0000_0001L);
        Verdict otherPayload = table.take(7, 0x1_0000_0002L);
        Verdict otherId = table.take(7, 0x2_0000_0001L);

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

        Verdict conflicting = table.take(7, 2);
        Verdict first = table.take(7, 1);

        assertThat(conflicting).isEqualTo(CONFLICT);
        assertThat(first).isEqualTo(DUPLICATE);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void takesAnIdThatHashesToZero() {
        Verdict zero = table.take(0, 0);
        Verdict zeroAgain = table.take(0, 0);
        Verdict zeroWithPayload = table.take(0, 5);
        Verdict nearZero = table.take(0, 1L << 32);

        IdTable restored = restored(table.drain());

        assertThat(zero).isEqualTo(NEW);
        assertThat(zeroAgain).isEqualTo(DUPLICATE);
        assertThat(zeroWithPayload).isEqualTo(CONFLICT);
        assertThat(nearZero).isEqualTo(NEW);
        assertThat(restored.take(0, 0)).isEqualTo(DUPLICATE);
        assertThat(restored.take(0, 1L << 32)).isEqualTo(DUPLICATE);
        assertThat(restored.size()).isEqualTo(2);
    }

    @Test
    void drainsWhatIsNewAndNothingElse() {
        table.take(1, 0);
        table.take(2, 0);
        table.take(2, 0);

        List<byte[]> first = table.drain();
        List<byte[]> nothing = table.drain();
        table.take(1, 0);
        table.take(1, 1);
        table.take(3, 0);
        List<byte[]> second = table.drain();

        assertThat(first).hasSize(1);
        assertThat(first.get(0)).hasSize(2 * IdTable.ENTRY_BYTES);
        assertThat(nothing).isEmpty();
        assertThat(second).hasSize(1);
        assertThat(second.get(0)).hasSize(IdTable.ENTRY_BYTES);
    }

    @Test
    void drainsNothingThatWasOnlyRestored() {
        table.take(1, 0);
        IdTable restored = restored(table.drain());

        List<byte[]> blocks = restored.drain();

        assertThat(blocks).isEmpty();
    }

    @Test
    void cutsManyIdsIntoBlocksAndTakesThemBack() {
        int ids = 3 * IdTable.MAX_BLOCK_ENTRIES + 17;
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ids; i++) {
            table.take(random.nextLong(), random.nextLong());
        }

        List<byte[]> blocks = table.drain();
        IdTable restored = restored(blocks);

        int full = IdTable.MAX_BLOCK_ENTRIES * IdTable.ENTRY_BYTES;
        assertThat(blocks)
                .extracting(block -> block.length)
                .containsExactly(full, full, full, 17 * IdTable.ENTRY_BYTES);
        assertThat(restored.size()).isEqualTo(ids);
        SplittableRandom again = new SplittableRandom(1);
        for (int i = 0; i < ids; i++) {
            Verdict verdict = restored.take(again.nextLong(), again.nextLong());
            if (verdict != DUPLICATE) {
                assertThat(verdict).as("of id %d", i).isEqualTo(DUPLICATE);
            }
        }
    }

    @Test
    void refusesABlockOfAnotherLayout() {
        byte[] block = new byte[IdTable.ENTRY_BYTES + 1];

        assertThatThrownBy(() -> table.restore(block))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("17 bytes");
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
        IdTable table = new IdTable();
        IdTable saved = new IdTable();
        for (int i = 0; i < 5_000; i++) {
            long high = random.nextLong() & highMask;
            long low = random.nextLong() & lowMask;

            Verdict verdict = table.take(high, low);

            boolean zero = high == 0 && (low & ~PAYLOAD) == 0;
            Long before = oracle.putIfAbsent(List.of(zero ? 1 : high, low & ~PAYLOAD), low & PAYLOAD);
            Verdict expected = before == null ? NEW : before == (low & PAYLOAD) ? DUPLICATE : CONFLICT;
            if (verdict != expected) {
                assertThat(verdict).as("seed %d, step %d", seed, i).isEqualTo(expected);
            }
            if (random.nextInt(500) == 0) {
                table.drain().forEach(saved::restore);
            }
        }
        table.drain().forEach(saved::restore);
        assertThat(table.size()).as("seed %d", seed).isEqualTo(oracle.size());
        assertThat(saved.size()).as("seed %d", seed).isEqualTo(oracle.size());
        oracle.forEach((id, payload) -> assertThat(saved.take(id.get(0), id.get(1) | payload))
                .as("seed %d", seed)
                .isEqualTo(DUPLICATE));
    }

    /** With a quarter of its bits. */
    private static long sparse(SplittableRandom random) {
        long bits = random.nextLong();
        return bits & random.nextLong();
    }

    private static IdTable restored(List<byte[]> blocks) {
        IdTable restored = new IdTable();
        blocks.forEach(restored::restore);
        return restored;
    }
}
