package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a recount comes to. */
public enum Verdict {
    /** Every record of the range is accounted for, once. */
    COMPLETE,
    /** So far all is well, but the batch has not committed the whole range yet. */
    INCOMPLETE,
    /** There are findings. */
    WRONG;

    /** The word on the command line and in JSON: {@code complete}. */
    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
