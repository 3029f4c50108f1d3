package io.backprocess.revise;

/**
 * The results of one event together exceed the memory limit for one event. The dead letter's reason is {@code too-large}, since
 * the revision itself did not fail.
 */
public final class TooMuchException extends Exception {
    private static final long serialVersionUID = 1;

    public TooMuchException(String message) {
        super(message);
    }
}
