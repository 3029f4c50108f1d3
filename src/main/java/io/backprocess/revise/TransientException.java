package io.backprocess.revise;

/**
 * A failure that may pass. The event is tried up to five times within about 1.5 seconds, with growing pauses. If that does not
 * help, it becomes a dead letter ({@code retries-exhausted}). Results that the failed attempts emitted are not written.
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
