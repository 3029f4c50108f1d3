package io.backprocess.batch;

import java.io.Serializable;

/**
 * How large what a batch writes can be for sure: before compression, since a topic's limit counts after it and a codec promises
 * nothing.
 *
 * @param result beyond it the event is a dead letter, {@code too-large}
 * @param deadLetter beyond it a dead letter goes by reference
 */
public record SizeLimits(int result, int deadLetter) implements Serializable {
    private static final long serialVersionUID = 1;

    /** For those who write no dead letters. */
    public static SizeLimits ofResults(int result) {
        return new SizeLimits(result, Integer.MAX_VALUE);
    }
}
