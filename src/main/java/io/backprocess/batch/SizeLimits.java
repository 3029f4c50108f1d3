package io.backprocess.batch;

import java.io.Serializable;

/**
 * The sizes up to which Kafka certainly accepts what a batch writes, in bytes. They count before compression: a topic's limit
 * counts after it, but a codec does not promise any saving.
 *
 * @param result the largest result; an event with a larger one becomes a dead letter with the reason {@code too-large}
 * @param deadLetter the largest dead letter; a larger one is written by reference
 */
public record SizeLimits(int result, int deadLetter) implements Serializable {
    private static final long serialVersionUID = 1;

    /** Creates the limits of a writer that writes no dead letters. */
    public static SizeLimits ofResults(int result) {
        return new SizeLimits(result, Integer.MAX_VALUE);
    }
}
