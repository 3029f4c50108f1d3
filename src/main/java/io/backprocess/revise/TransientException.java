package io.backprocess.revise;

/**
 * A failure that may pass: the event is tried up to five times within about 1.5 seconds, with growing pauses, and is a dead letter
 * ({@code retries-exhausted}) when that does not help. Nothing that the failed attempts have emitted is written.
 */
public final class TransientException extends Exception {
    private static final long serialVersionUID = 1;

    public TransientException(String message) {
        super(message);
    }

    public TransientException(String message, Throwable cause) {
        super(message, cause);
    }
}
