package io.backprocess.decode;

import io.backprocess.event.Event;
import io.backprocess.event.Reason;
import java.io.Serializable;

/** Says which events of its version a batch takes. */
public interface EventSelector extends Serializable {
    /**
     * Tells whether the batch takes the event.
     *
     * @throws NotDecidableException when the event lacks what the decision needs
     */
    boolean takes(Event event) throws NotDecidableException;

    /** The event lacks what a decision needs, or has another kind of value there. It carries no stack trace. */
    final class NotDecidableException extends Exception {
        private static final long serialVersionUID = 1;

        private final Reason reason;

        public NotDecidableException(Reason reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }
}
