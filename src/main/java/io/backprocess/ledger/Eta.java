package io.backprocess.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An estimate of the time that a batch still takes, from what its last checkpoints have committed. The rate varies, so the
 * estimate has a low and a high bound, from the 90th and the 10th percentile of the last 20 rates. A single checkpoint that is
 * quick, or that comes after a long outage, does not change them.
 *
 * @param seconds the time at the median rate
 * @param low the seconds at a rate that one checkpoint in ten reaches
 * @param high the seconds at a rate that nine checkpoints in ten reach
 */
public record Eta(long seconds, long low, long high) {
    /** The estimate of a batch that has nothing left. */
    public static final Eta NOW = new Eta(0, 0, 0);

    /** The number of checkpoints that an estimate needs. */
    private static final int LEAST_CHECKPOINTS = 5;

    private static final double LEAST_SHARE = 0.01;
    private static final Duration LEAST_TIME = Duration.ofSeconds(60);
    /** The number of median intervals without a commit, at least {@link #LEAST_TIME}, after which the rates are out of date. */
    private static final int STALE_INTERVALS = 5;

    /**
     * Estimates the time that the batch still takes.
     *
     * @param remaining the number of offsets that are not committed
     * @param size the number of offsets in the range
     * @param begun the time at which the batch was planned
     * @return the estimate; empty before five checkpoints and either 1 % of the range or 60 s, and empty if the batch no longer
     *     commits anything
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
        // Rates count records, but the remaining range counts offsets. Offsets of transaction markers and of compacted
        // records take no time to read.
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

    /** Returns a percentile by the nearest rank. */
    private static double percentile(List<Double> sorted, int percent) {
        return sorted.get((int) Math.round((sorted.size() - 1) * percent / 100.0));
    }
}
