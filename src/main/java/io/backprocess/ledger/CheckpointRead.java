package io.backprocess.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The records that one checkpoint has committed, over all partitions.
 *
 * @param at the time at which the last of its lines was written
 * @param read the number of records read
 */
public record CheckpointRead(long checkpoint, Instant at, long read) {

    CheckpointRead plus(CheckpointRead other) {
        return new CheckpointRead(checkpoint, at.isAfter(other.at) ? at : other.at, read + other.read);
    }

    /**
     * Computes the rate of each checkpoint except the first, which has no earlier one to measure from.
     *
     * @param checkpoints the checkpoints, oldest first
     * @return records per second, one value fewer than there are checkpoints
     */
    public static List<Double> rates(List<CheckpointRead> checkpoints) {
        List<Double> rates = new ArrayList<>();
        for (int i = 1; i < checkpoints.size(); i++) {
            long millis = Duration.between(
                            checkpoints.get(i - 1).at(), checkpoints.get(i).at())
                    .toMillis();
            rates.add(checkpoints.get(i).read() * 1000.0 / Math.max(1, millis));
        }
        return rates;
    }
}
