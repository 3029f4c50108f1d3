package io.backprocess.event;

import java.util.Locale;

/** Why a record became a dead letter. A closed list: dashboards and redrives select by these words. */
public enum Reason {
    /** The value is null. */
    TOMBSTONE,
    /** The value is no JSON. */
    MALFORMED_JSON,
    /** JSON, but without the fields of an envelope, or with one of them twice or of the wrong type. */
    NOT_AN_ENVELOPE,
    /** A field is there but cannot be what the revision needs. */
    INVALID_FIELD,
    /** The event alone does not say enough to be reprocessed. */
    MISSING_CONTEXT,
    /** The revision said no; its words are the message. */
    REJECTED,
    /** The batch has taken the same eventId with another payload. */
    CONFLICTING_DUPLICATE,
    /** A result would not fit into the result topic. */
    TOO_LARGE,
    /** A failure that should have passed did not. */
    RETRIES_EXHAUSTED,
    /** The revision threw what it should not. */
    UNEXPECTED;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** @throws IllegalArgumentException when there is no such reason */
    public static Reason of(String word) {
        for (Reason reason : values()) {
            if (reason.word.equals(word)) {
                return reason;
            }
        }
        throw new IllegalArgumentException("'" + word + "' is no reason");
    }

    /** The word in headers, metrics and on the command line: {@code malformed-json}. */
    @Override
    public String toString() {
        return word;
    }
}
