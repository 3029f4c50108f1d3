package io.backprocess.ledger;

/** The batch is stopped because of its data, not to protect any: it has failed. */
public final class TooManyDeadLettersException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyDeadLettersException(String message) {
        super(message);
    }
}
