package io.backprocess.revise;

import io.backprocess.event.Reason;

/**
 * The revision's no to one event. The message is for the people who look through the dead letters: say what is wrong with
 * the value in hand ({@code Invalid amount: -999}). It carries no stack trace; a rotten source throws millions of it.
 */
public final class RejectedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /** Dead letters with the reason {@code rejected}. */
    public RejectedException(String message) {
        this(Reason.REJECTED, message);
    }

    private RejectedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** The event alone does not say enough: a dead letter with the reason {@code missing-context}. */
    public static RejectedException missingContext(String message) {
        return new RejectedException(Reason.MISSING_CONTEXT, message);
    }

    /** A field cannot be what it should be: a dead letter with the reason {@code invalid-field}. */
    public static RejectedException invalidField(String message) {
        return new RejectedException(Reason.INVALID_FIELD, message);
    }

    public static RejectedException of(Reason reason, String message) {
        return new RejectedException(reason, message);
    }

    public Reason reason() {
        return reason;
    }
}
