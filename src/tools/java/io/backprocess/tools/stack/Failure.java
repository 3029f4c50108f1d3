package io.backprocess.tools.stack;

/** Ends the program with a message for the user (empty if it has been printed) and an exit code: 1 failed, 2 wrong usage. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String message;
    private final int exitCode;

    public Failure(String message) {
        this(message, 1);
    }

    private Failure(String message, int exitCode) {
        super(message);
        this.message = message;
        this.exitCode = exitCode;
    }

    public static Failure wrongUsage(String message) {
        return new Failure(message, 2);
    }

    @Override
    public String getMessage() {
        return message;
    }

    public int exitCode() {
        return exitCode;
    }
}
