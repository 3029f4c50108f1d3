package io.backprocess.event;

import io.backprocess.json.JsonSyntaxException;

/** The bytes are not JSON. Dead letters name this class. It carries no stack trace, since a corrupt source causes millions. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedJsonException(JsonSyntaxException cause) {
        super(cause.getMessage(), null, false, false);
    }
}
