package io.backprocess.revise;

/** The results of one event would be larger together than what is held of one: it is too large, and the revision is not to blame. */
public final class TooMuchException extends Exception {
    private static final long serialVersionUID = 1;

    public TooMuchException(String message) {
        super(message);
    }
}
