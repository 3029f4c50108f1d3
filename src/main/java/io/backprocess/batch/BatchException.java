package io.backprocess.batch;

/** Something that the user has to know and can do something about. The message says what happened, then what to do. */
public final class BatchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of trouble it is. */
    public enum Kind {
        /** It was tried and did not work, or what was asked is not so. */
        FAILED,
        /** The command line makes no sense. */
        USAGE,
        /** Kafka or Flink does not answer. */
        UNREACHABLE,
        /** Going on would lose or double something. */
        REFUSED,
        /** What it would take to know is gone or does not answer now. */
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
