package io.backprocess.ledger;

/** The batch is stopped because too many of its records are dead letters. It counts as failed, not as refused. */
public final class TooManyDeadLettersException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyDeadLettersException(String message) {
        super(message);
    }
}
