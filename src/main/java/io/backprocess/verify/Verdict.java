package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Stream;

/** The verdict of a recount. */
public enum Verdict {
    /**
     * Every record of the range is accounted for exactly once. The range of a batch that follows its source is what it has
     * committed.
     */
    COMPLETE,
    /**
     * There are no findings so far, but the batch has not committed the whole range yet, or records of what it has committed may
     * still come.
     */
    INCOMPLETE,
    /** There are findings. Other offsets may be unknown as well. */
    WRONG,
    /** There are no findings, but some records or services that the answer depends on are deleted or do not answer. */
    CANNOT_TELL;

    static Verdict of(Findings findings, Unknowns unknowns, boolean complete) {
        if (findings.total() > 0) {
            return WRONG;
        }
        return unknowns.all().isEmpty() ? complete ? COMPLETE : INCOMPLETE : CANNOT_TELL;
    }

    /** Returns the verdict over several batches: complete if each is. */
    public static Verdict worst(Collection<Verdict> verdicts) {
        return Stream.of(WRONG, CANNOT_TELL, INCOMPLETE)
                .filter(verdicts::contains)
                .findFirst()
                .orElse(COMPLETE);
    }

    /** Returns the verdict over a batch whose table was compared as well. */
    Verdict with(VerifiedTable table) {
        if (this == WRONG || table.rows().wrong() > 0) {
            return WRONG;
        }
        return table.isKnown() ? this : CANNOT_TELL;
    }

    /** The word on the command line and in JSON: {@code cannot-tell}. */
    @Override
    @JsonValue
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
