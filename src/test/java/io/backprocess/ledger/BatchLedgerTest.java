package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.backprocess.batch.OffsetRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchLedgerTest {
    private static final Instant BEGIN = Instant.parse("2025-11-15T08:00:00Z");

    /** As a batch writes them that follows 64 busy partitions for six hours. */
    @Test
    void takesNoMemoryForEachLine() {
        BatchLedger ledger = new BatchLedger(
                IntStream.range(0, 64).mapToObj(p -> OffsetRange.openFrom(p, 0)).toList());
        addCheckpoints(ledger, 1, 200);
        long before = used();

        addCheckpoints(ledger, 201, 2_200);

        assertThat(used() - before).as("bytes for 128 000 lines").isLessThan(4_000_000);
        assertThat(ledger.total().read()).isEqualTo(2_200 * 64 * 1000L);
        assertThat(ledger.partition(63).next()).isEqualTo(2_200 * 1000L);
    }

    @Test
    void knowsTheRatesOfTheNewestTwentyCheckpoints() {
        BatchLedger ledger = new BatchLedger(List.of(OffsetRange.openFrom(0, 0), OffsetRange.openFrom(1, 0)));

        for (int checkpoint = 1; checkpoint <= 30; checkpoint++) {
            ledger.add(line(0, checkpoint, checkpoint * 10L), null, BEGIN.plusSeconds(checkpoint * 10L));
            ledger.add(
                    line(1, checkpoint, 50),
                    null,
                    BEGIN.plusSeconds(checkpoint * 10L).plusMillis(7));
        }

        List<CheckpointRead> checkpoints = ledger.recentCheckpoints();
        assertThat(checkpoints).hasSize(21);
        assertThat(checkpoints.get(20))
                .isEqualTo(new CheckpointRead(30, BEGIN.plusSeconds(300).plusMillis(7), 350));
        List<Double> rates = CheckpointRead.rates(checkpoints);
        assertThat(rates).hasSize(20);
        assertThat(rates.get(19)).isCloseTo(35.0, within(0.001));
        assertThat(ledger.checkpoint()).isEqualTo(30);
    }

    @Test
    void knowsWhatWasReadInTheLastMinute() {
        BatchLedger ledger = new BatchLedger(List.of(OffsetRange.openFrom(0, 0)));

        for (int second = 0; second <= 600; second += 10) {
            ledger.add(line(0, second + 1, 7), null, BEGIN.plusSeconds(second));
        }

        assertThat(ledger.readSince(BEGIN.plusSeconds(540))).isEqualTo(6 * 7);
        assertThat(ledger.readSince(BEGIN.plusSeconds(590))).isEqualTo(7);
    }

    private static void addCheckpoints(BatchLedger ledger, int first, int last) {
        for (int checkpoint = first; checkpoint <= last; checkpoint++) {
            for (int partition = 0; partition < 64; partition++) {
                ledger.add(line(partition, checkpoint, 1000), null, BEGIN.plusSeconds(checkpoint * 10L));
            }
        }
    }

    private static LedgerLine line(int partition, long checkpoint, long read) {
        return new LedgerLine(
                "b",
                partition,
                checkpoint,
                0,
                new LedgerLine.Covered((checkpoint - 1) * read, checkpoint * read),
                new LedgerLine.Outcomes(read, Map.of("2", 1L), 0, Map.of("rejected", 1L), read - 2, read - 2));
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
