package io.backprocess.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How long a batch still takes, by what its last checkpoints have committed. A rate goes up and down, so it is a band: from the
 * 90th to the 10th percentile of the last 20 rates. One checkpoint after a long outage, or a quick one, does not move it.
 *
 * @param seconds at the median rate
 * @param low at a rate that one checkpoint in ten reaches
 * @param high at a rate that nine in ten reach
 */
public record Eta(long seconds, long low, long high) {
    /** Before so many checkpoints nothing is known. */
    private static final int LEAST_CHECKPOINTS = 5;

    private static final double LEAST_SHARE = 0.01;
    private static final Duration LEAST_TIME = Duration.ofSeconds(60);
    /** After so many intervals without a commit, and {@link #LEAST_TIME}, the rates are not those of now. */
    private static final int STALE_INTERVALS = 5;

    /**
     * Nothing before five checkpoints and either 1 % of the range or 60 s, and nothing where nothing is committed any more.
     *
     * @param remaining offsets that are not committed
     * @param size of the range, in offsets
     * @param begun when the batch was planned
     */
    public static Optional<Eta> of(BatchLedger ledger, long remaining, long size, Instant begun, Instant now) {
        return of(ledger.recentCheckpoints(), ledger.total().read(), remaining, size, begun, now);
    }

    static Optional<Eta> of(
            List<CheckpointRead> checkpoints, long read, long remaining, long size, Instant begun, Instant now) {
        long done = size - remaining;
        boolean early =
                done < LEAST_SHARE * size && Duration.between(begun, now).compareTo(LEAST_TIME) < 0;
        if (checkpoints.size() < LEAST_CHECKPOINTS || early || isStale(checkpoints, now)) {
            return Optional.empty();
        }
        List<Double> rates = CheckpointRead.rates(checkpoints).stream()
                .filter(rate -> rate > 0)
                .sorted()
                .toList();
        if (rates.isEmpty()) {
            return Optional.empty();
        }
        // Offsets are not records: markers of transactions and what was compacted away are read in no time.
        double records = done > 0 && read > 0 ? (double) remaining * Math.min(read, done) / done : remaining;
        return Optional.of(new Eta(
                Math.round(records / percentile(rates, 50)),
                Math.round(records / percentile(rates, 90)),
                Math.round(records / percentile(rates, 10))));
    }

    private static boolean isStale(List<CheckpointRead> checkpoints, Instant now) {
        CheckpointRead last = checkpoints.get(checkpoints.size() - 1);
        List<Long> intervals = IntStream.range(1, checkpoints.size())
                .mapToObj(i -> Duration.between(
                                checkpoints.get(i - 1).at(), checkpoints.get(i).at())
                        .toMillis())
                .sorted()
                .toList();
        Duration silence = Duration.ofMillis(STALE_INTERVALS * intervals.get(intervals.size() / 2));
        Duration patience = silence.compareTo(LEAST_TIME) > 0 ? silence : LEAST_TIME;
        return last.at().plus(patience).isBefore(now);
    }

    /** By the nearest rank. */
    private static double percentile(List<Double> sorted, int percent) {
        return sorted.get((int) Math.round((sorted.size() - 1) * percent / 100.0));
    }
}
