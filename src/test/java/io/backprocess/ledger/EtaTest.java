package io.backprocess.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EtaTest {
    private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SIZE = 1_000_000;

    private final List<CheckpointRead> checkpoints = new ArrayList<>();
    private Instant now = BEGUN.plusSeconds(7);

    @Test
    void saysNothingBeforeFiveCheckpoints() {
        commit(10, 5000, 5000, 5000, 5000);
        assertThat(eta(0)).isEmpty();

        commit(10, 5000);

        assertThat(eta(0)).contains(new Eta(1950, 1950, 1950));
    }

    @Test
    void saysNothingOfAFewRecordsInTheFirstMinute() {
        commit(1, 3, 0, 1, 2, 1);
        assertThat(eta(0)).isEmpty();

        commit(60, 3);

        assertThat(eta(0)).isPresent();
    }

    @Test
    void isABandFromTheTenthToTheNinetiethPercentile() {
        commit(10, 1000);
        for (int i = 1; i <= 20; i++) {
            commit(10, i * 1000L);
        }
        long remaining = SIZE - read();

        Eta eta = eta(0).orElseThrow();

        assertThat(eta.low()).isEqualTo(Math.round(remaining / 1800.0));
        assertThat(eta.high()).isEqualTo(Math.round(remaining / 300.0));
        assertThat(eta.seconds()).isBetween(eta.low(), eta.high());
    }

    @Test
    void isNotMovedByOneCheckpointAfterALongOutage() {
        for (int i = 0; i < 15; i++) {
            commit(10, 5000);
        }
        Eta before = eta(0).orElseThrow();
        commit(36_000, 3);

        Eta after = eta(0).orElseThrow();

        assertThat(after.high()).isEqualTo(before.high());
        assertThat(after.low()).isEqualTo(before.low());
    }

    @Test
    void saysNothingWhereNothingIsCommittedAnyMore() {
        for (int i = 0; i < 10; i++) {
            commit(10, 5000);
        }
        assertThat(eta(55)).isPresent();
        assertThat(eta(61)).isEmpty();
    }

    /** Of two offsets one is a marker of a transaction. */
    @Test
    void takesOffsetsThatAreNoRecordsForNothingToRead() {
        commit(10, 50_000, 50_000, 50_000, 50_000, 50_000);

        assertThat(Eta.of(checkpoints, 250_000, SIZE - 500_000, SIZE, BEGUN, now))
                .contains(new Eta(50, 50, 50));
    }

    private void commit(int seconds, long... records) {
        for (long each : records) {
            now = now.plusSeconds(seconds);
            checkpoints.add(new CheckpointRead(checkpoints.size() + 1, now, each));
            if (checkpoints.size() > 21) {
                checkpoints.remove(0);
            }
        }
    }

    private long read() {
        return checkpoints.stream().mapToLong(CheckpointRead::read).sum();
    }

    private Optional<Eta> eta(int secondsLater) {
        long read = read();
        return Eta.of(checkpoints, read, SIZE - read, SIZE, BEGUN, now.plusSeconds(secondsLater));
    }
}
