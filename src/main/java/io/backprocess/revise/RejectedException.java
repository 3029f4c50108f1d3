package io.backprocess.revise;

import io.backprocess.event.Reason;

/**
 * A revision's rejection of one event. People who read the dead letters see the message, so it must say what is wrong with the
 * value ({@code Invalid amount: -999}). It carries no stack trace, since a corrupt source causes millions.
 */
public final class RejectedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /** Creates a rejection with the reason {@code rejected}. */
    public RejectedException(String message) {
        this(Reason.REJECTED, message);
    }

    private RejectedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * Returns a rejection of an event that alone does not contain enough. The dead letter has the reason {@code missing-context}.
     */
    public static RejectedException missingContext(String message) {
        return new RejectedException(Reason.MISSING_CONTEXT, message);
    }

    /** Returns a rejection of an event with an invalid field. The dead letter has the reason {@code invalid-field}. */
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
