package io.backprocess.batch;

import java.io.Serializable;

/**
 * How rotten a source may be before the batch stops.
 *
 * @param maxRatio of the records read that may be dead letters, once there are {@link #MIN_RECORDS}; 1 for any number
 * @param maxConsecutive dead letters of one source partition in a row, of which the last one is too many; 0 for no limit
 */
public record DeadLetterLimits(double maxRatio, long maxConsecutive) implements Serializable {
    private static final long serialVersionUID = 1;

    /** Of fewer records the share says little. */
    public static final long MIN_RECORDS = 10_000;

    public static final DeadLetterLimits DEFAULT = new DeadLetterLimits(0.5, 0);

    public DeadLetterLimits {
        if (!(maxRatio > 0 && maxRatio <= 1)) {
            throw new IllegalArgumentException("a ratio of %s is not above 0 and at most 1".formatted(maxRatio));
        }
        if (maxConsecutive < 0) {
            throw new IllegalArgumentException("%s dead letters in a row".formatted(maxConsecutive));
        }
    }

    public boolean exceededBy(long deadLetters, long read) {
        return read >= MIN_RECORDS && exceededAtTheEndBy(deadLetters, read);
    }

    /** Of all records there are, few as they may be. */
    public boolean exceededAtTheEndBy(long deadLetters, long read) {
        return deadLetters > maxRatio * read;
    }
}
