package io.backprocess.dedupe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdBlocksTest {
    private final IdBlocks blocks = new IdBlocks();

    @Test
    void drainsWhatIsNewAndNothingElse() {
        blocks.add(1, 2);
        blocks.add(3, 4);

        List<byte[]> first = blocks.drain();
        List<byte[]> nothing = blocks.drain();
        blocks.add(5, 6);
        List<byte[]> second = blocks.drain();

        assertThat(first).hasSize(1);
        assertThat(first.get(0))
                .isEqualTo(bytes(
                        0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
                        4));
        assertThat(nothing).isEmpty();
        assertThat(second).hasSize(1);
        assertThat(second.get(0)).isEqualTo(bytes(0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6));
    }

    @Test
    void cutsManyIdsIntoBlocksAndReadsThemBackInOrder() throws Exception {
        int ids = 3 * IdBlocks.MAX_BLOCK_ENTRIES + 17;
        SplittableRandom random = new SplittableRandom(1);
        List<Long> written = new ArrayList<>();
        for (int i = 0; i < ids; i++) {
            long high = random.nextLong();
            long low = random.nextLong();
            blocks.add(high, low);
            written.add(high);
            written.add(low);
        }

        List<byte[]> drained = blocks.drain();
        List<Long> read = new ArrayList<>();
        for (byte[] block : drained) {
            IdBlocks.read(block, (high, low) -> {
                read.add(high);
                read.add(low);
            });
        }

        int full = IdBlocks.MAX_BLOCK_ENTRIES * IdBlocks.ENTRY_BYTES;
        assertThat(drained)
                .extracting(block -> block.length)
                .containsExactly(full, full, full, 17 * IdBlocks.ENTRY_BYTES);
        assertThat(read).isEqualTo(written);
    }

    @Test
    void givesBlocksThatLaterIdsDoNotChange() {
        blocks.add(1, 2);
        byte[] first = blocks.drain().get(0);
        byte[] before = first.clone();

        blocks.add(7, 8);

        assertThat(first).isEqualTo(before);
    }

    @Test
    void refusesABlockOfAnotherLayout() {
        byte[] block = new byte[IdBlocks.ENTRY_BYTES + 1];

        assertThatThrownBy(() -> IdBlocks.read(block, (high, low) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("17 bytes");
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
