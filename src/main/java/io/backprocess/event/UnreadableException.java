package io.backprocess.event;

/** A record's value is not an event. The message says why. It carries no stack trace, since a corrupt source causes millions. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    UnreadableException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    UnreadableException(MalformedJsonException cause) {
        super(cause.getMessage(), cause, false, false);
        this.reason = Reason.MALFORMED_JSON;
    }

    public Reason reason() {
        return reason;
    }
}
