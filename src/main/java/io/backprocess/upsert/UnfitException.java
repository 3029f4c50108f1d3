package io.backprocess.upsert;

import io.backprocess.event.Reason;

/** A result that is no row of the table. Carries no stack trace: nothing went wrong in here. */
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
