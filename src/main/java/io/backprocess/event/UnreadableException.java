package io.backprocess.event;

import org.jspecify.annotations.Nullable;

/** A record's value is not an event. The message says why. It carries no stack trace, since a corrupt source causes millions. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final boolean isUnmappedVersion;

    UnreadableException(Reason reason, String message) {
        this(reason, message, false);
    }

    private UnreadableException(Reason reason, String message, boolean isUnmappedVersion) {
        super(message, null, false, false);
        this.reason = reason;
        this.isUnmappedVersion = isUnmappedVersion;
    }

    /** Returns the exception for a value whose schema is not known, or that does not say which it is. */
    public static UnreadableException unknownSchema(String message) {
        return new UnreadableException(Reason.UNKNOWN_SCHEMA, message);
    }

    /** Returns the exception for a value whose bytes do not fit its schema. */
    public static UnreadableException unfit(String message) {
        return new UnreadableException(Reason.NOT_AN_ENVELOPE, message);
    }

    /** Returns the exception for a version whose text the envelope's mapping does not have. */
    static UnreadableException unmappedVersion(@Nullable String message) {
        return new UnreadableException(Reason.NOT_AN_ENVELOPE, String.valueOf(message), true);
    }

    UnreadableException(MalformedJsonException cause) {
        super(cause.getMessage(), cause, false, false);
        this.reason = Reason.MALFORMED_JSON;
        this.isUnmappedVersion = false;
    }

    /** Tells whether the mapping has a map of versions, and the record's version is a text that it does not have. */
    public boolean isUnmappedVersion() {
        return isUnmappedVersion;
    }

    public Reason reason() {
        return reason;
    }
}
