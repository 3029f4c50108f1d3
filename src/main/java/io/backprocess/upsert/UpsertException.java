package io.backprocess.upsert;

/** The table cannot be written, for any record: the batch fails. The message says what happened, then what to do. */
public final class UpsertException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean forGood;

    UpsertException(String message) {
        this(message, true);
    }

    /** @param forGood whether another try would fail too, unless an operator corrects something */
    UpsertException(String message, boolean forGood) {
        super(message);
        this.forGood = forGood;
    }

    boolean isForGood() {
        return forGood;
    }
}
