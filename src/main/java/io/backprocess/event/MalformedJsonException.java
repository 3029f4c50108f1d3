package io.backprocess.event;

import io.backprocess.json.JsonSyntaxException;

/** The bytes are no JSON. Dead letters name this class. It carries no stack trace, since a rotten source throws millions. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedJsonException(JsonSyntaxException cause) {
        super(cause.getMessage(), null, false, false);
    }
}
