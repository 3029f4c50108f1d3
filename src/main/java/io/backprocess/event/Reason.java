package io.backprocess.event;

import java.util.Locale;

/** The reason why a record became a dead letter. The list is closed because dashboards and redrives select by these words. */
public enum Reason {
    /** The value is null. */
    TOMBSTONE,
    /** The schema of the value is not known, or the value does not say which it is. */
    UNKNOWN_SCHEMA,
    /** The value is not JSON. */
    MALFORMED_JSON,
    /** The value is JSON, but lacks a field of an envelope, or has a field twice or of the wrong type. */
    NOT_AN_ENVELOPE,
    /** A field exists, but its value is not one that the revision can use. */
    INVALID_FIELD,
    /** The event alone does not contain enough to be reprocessed. */
    MISSING_CONTEXT,
    /** The revision rejected the event. The message is the revision's own. */
    REJECTED,
    /** The batch has taken the same eventId with another payload. */
    CONFLICTING_DUPLICATE,
    /** A result does not fit into the result topic. */
    TOO_LARGE,
    /** A failure that may pass did not pass within the allowed attempts. */
    RETRIES_EXHAUSTED,
    /** The revision threw an exception of an unexpected kind. */
    UNEXPECTED;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /**
     * Returns the reason with this word.
     *
     * @throws IllegalArgumentException when no reason has this word
     */
    public static Reason of(String word) {
        for (Reason reason : values()) {
            if (reason.word.equals(word)) {
                return reason;
            }
        }
        throw new IllegalArgumentException("'" + word + "' is not a reason of a dead letter");
    }

    /** Returns the word that headers, metrics and the command line use: {@code malformed-json}. */
    @Override
    public String toString() {
        return word;
    }
}
