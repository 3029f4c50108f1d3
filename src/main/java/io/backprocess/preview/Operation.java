package io.backprocess.preview;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The change of a field. */
public enum Operation {
    ADDED,
    REMOVED,
    CHANGED,
    /** The value is the same but is written in another way: spaces, escapes, the order of members. */
    REWRITTEN,
    /** The result is not an envelope. */
    UNREADABLE;

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
