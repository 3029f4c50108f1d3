package io.backprocess.event;

/** The bytes are no JSON. Thrown for every malformed record of a rotten source, so it carries no stack trace. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1;

    public MalformedJsonException(String what, int at) {
        super(what + " at byte " + at, null, false, false);
    }
}
