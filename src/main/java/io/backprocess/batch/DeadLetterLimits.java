package io.backprocess.batch;

import java.io.Serializable;

/**
 * The limits for dead letters at which a batch stops.
 *
 * @param maxRatio the largest share of the records read that may be dead letters, once {@link #MIN_RECORDS} are read; 1 for no
 *     limit
 * @param maxConsecutive the number of dead letters of one source partition in a row at which the batch stops; 0 for no limit
 * @param maxUnknownSchemas the number of schemas that are unknown or cannot be used, above which the batch stops
 */
public record DeadLetterLimits(double maxRatio, long maxConsecutive, long maxUnknownSchemas) implements Serializable {
    private static final long serialVersionUID = 1;

    /** The number of records below which the share means little. */
    public static final long MIN_RECORDS = 10_000;

    public static final DeadLetterLimits DEFAULT = new DeadLetterLimits(0.5, 0);

    /** Creates limits with the usual one for unknown schemas. */
    public DeadLetterLimits(double maxRatio, long maxConsecutive) {
        this(maxRatio, maxConsecutive, 10);
    }

    public DeadLetterLimits {
        if (!(maxRatio > 0 && maxRatio <= 1)) {
            throw new IllegalArgumentException(
                    "a dead letter ratio of %s is not valid; it must be above 0 and at most 1".formatted(maxRatio));
        }
        if (maxUnknownSchemas < 0) {
            throw new IllegalArgumentException(
                    "a limit of %s unknown schemas is not valid; it must be 0 or more".formatted(maxUnknownSchemas));
        }
        if (maxConsecutive < 0) {
            throw new IllegalArgumentException(
                    "a limit of %s dead letters in a row is not valid; it must be 0 or more".formatted(maxConsecutive));
        }
    }

    public boolean exceededBy(long deadLetters, long read) {
        return read >= MIN_RECORDS && exceededAtTheEndBy(deadLetters, read);
    }

    /** Tells whether the share exceeds the limit at the end of the batch, even if there are fewer records than the minimum. */
    public boolean exceededAtTheEndBy(long deadLetters, long read) {
        return deadLetters > maxRatio * read;
    }
}
