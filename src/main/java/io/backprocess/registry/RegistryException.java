package io.backprocess.registry;

/** The registry does not give a schema. The message names the schema and the answer, and no secret. */
public final class RegistryException extends Exception {
    private static final long serialVersionUID = 1;

    /** What follows from it. */
    public enum Kind {
        /** The registry says that it has no such schema. */
        UNKNOWN,
        /** The registry does not answer, refuses, or something else answers in its place. This may pass. */
        DOWN,
        /** The registry gives something that cannot be used: another type, a cycle, or more than the bounds. */
        BAD
    }

    private final Kind kind;

    private RegistryException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    private RegistryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static RegistryException unknown(String message) {
        return new RegistryException(Kind.UNKNOWN, message);
    }

    static RegistryException down(String message) {
        return new RegistryException(Kind.DOWN, message);
    }

    static RegistryException down(String message, Throwable cause) {
        return new RegistryException(Kind.DOWN, message, cause);
    }

    static RegistryException bad(String message) {
        return new RegistryException(Kind.BAD, message);
    }

    /** Returns this with the schema that was asked for in front of the message. */
    RegistryException about(SchemaId id) {
        return new RegistryException(kind, "schema %s: %s".formatted(id, getMessage()), this);
    }

    public Kind kind() {
        return kind;
    }
}
