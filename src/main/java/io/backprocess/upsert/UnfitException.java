package io.backprocess.upsert;

import io.backprocess.event.Reason;

/** A result that cannot be a row of the table. It carries no stack trace, because the cause is the data and not the code. */
final class UnfitException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    UnfitException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
