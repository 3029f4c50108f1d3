package io.backprocess.batch;

/** An error that the user must know about and can act on. The message says what happened, then what to do. */
public final class BatchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kind of error. It decides the exit code. */
    public enum Kind {
        /** The operation failed, or the state that the user asked about is not the expected one. */
        FAILED,
        /** The command line is not valid. */
        USAGE,
        /** Kafka or Flink does not answer. */
        UNREACHABLE,
        /** Going on would lose or duplicate records. */
        REFUSED,
        /** The records or services that the answer depends on are missing or do not answer now. */
        CANNOT_TELL
    }

    private final Kind kind;

    private BatchException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    private BatchException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Creates an exception of a kind that is known only when it occurs. */
    public static BatchException of(Kind kind, String message) {
        return new BatchException(kind, message);
    }

    public static BatchException failed(String message) {
        return new BatchException(Kind.FAILED, message);
    }

    public static BatchException failed(String message, Throwable cause) {
        return new BatchException(Kind.FAILED, message, cause);
    }

    public static BatchException usage(String message) {
        return new BatchException(Kind.USAGE, message);
    }

    public static BatchException unreachable(String message) {
        return new BatchException(Kind.UNREACHABLE, message);
    }

    public static BatchException unreachable(String message, Throwable cause) {
        return new BatchException(Kind.UNREACHABLE, message, cause);
    }

    public static BatchException cannotTell(String message) {
        return new BatchException(Kind.CANNOT_TELL, message);
    }

    public static BatchException refused(String message) {
        return new BatchException(Kind.REFUSED, message);
    }

    public static BatchException refused(String message, Throwable cause) {
        return new BatchException(Kind.REFUSED, message, cause);
    }

    public Kind kind() {
        return kind;
    }
}
