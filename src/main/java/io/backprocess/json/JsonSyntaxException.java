package io.backprocess.json;

/** The bytes are not JSON. It is thrown for every malformed record of a corrupt source, so it carries no stack trace. */
public final class JsonSyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    JsonSyntaxException(String what, int at) {
        super(what + " at byte " + at, null, false, false);
    }
}
