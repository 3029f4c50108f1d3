package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a recount comes to. */
public enum Verdict {
    /** Every record of the range is accounted for, once. */
    COMPLETE,
    /** So far all is well, but the batch has not committed the whole range yet. */
    INCOMPLETE,
    /** There are findings, whatever else cannot be told. */
    WRONG,
    /** There are none, but something that it takes to know is gone or does not answer. */
    CANNOT_TELL;

    static Verdict of(Findings findings, Unknowns unknowns, boolean complete) {
        if (findings.total() > 0) {
            return WRONG;
        }
        return unknowns.all().isEmpty() ? complete ? COMPLETE : INCOMPLETE : CANNOT_TELL;
    }

    /** The word on the command line and in JSON: {@code cannot-tell}. */
    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
