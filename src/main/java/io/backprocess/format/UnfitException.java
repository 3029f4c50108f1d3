package io.backprocess.format;

/**
 * A value and a schema do not fit. The message names the place, the value or byte, and the type that the schema has there. It
 * carries no stack trace, since a corrupt source causes millions.
 */
public final class UnfitException extends Exception {
    private static final long serialVersionUID = 1;

    public UnfitException(String message) {
        super(message, null, false, false);
    }
}
