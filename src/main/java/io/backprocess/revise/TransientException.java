package io.backprocess.revise;

/** A failure that may pass: the event is tried again with backoff, and is a dead letter when that does not help. */
public final class TransientException extends Exception {
    private static final long serialVersionUID = 1;

    public TransientException(String message) {
        super(message);
    }

    public TransientException(String message, Throwable cause) {
        super(message, cause);
    }
}
