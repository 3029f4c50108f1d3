package io.backprocess.preview;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What has happened to a field. */
public enum Operation {
    ADDED,
    REMOVED,
    CHANGED,
    /** It means the same and is written in another way: spaces, escapes, the order of members. */
    REWRITTEN,
    /** The result is no envelope. */
    UNREADABLE;

    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
