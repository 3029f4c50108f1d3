package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kind of a finding. The list is closed, so programs may select by these words. */
public enum FindingKind {
    /** A source record's result is not on the topic. */
    MISSING_RESULT,
    /** A result that has no source record: a second copy, or a record of another process. */
    UNEXPECTED_RESULT,
    /** A result whose key, value, timestamp or headers are not what they must be. */
    ALTERED_RESULT,
    /** A result that is not in the order of its source record. */
    OUT_OF_ORDER_RESULT,
    MISSING_DEAD_LETTER,
    UNEXPECTED_DEAD_LETTER,
    ALTERED_DEAD_LETTER,
    OUT_OF_ORDER_DEAD_LETTER,
    /** Source offsets that no ledger line counts although later ones, or their results, are there. */
    LEDGER_GAP,
    /** Source offsets that more than one ledger line counts. */
    LEDGER_OVERLAP,
    /** The figures of the ledger differ from the recounted ones. */
    LEDGER_MISMATCH,
    /** The table has no row for the key of a result. */
    MISSING_ROW,
    /** A row of the table is not what its result says. */
    ALTERED_ROW,
    /** A row of the table is older than its result, by the guards of the definition. */
    OLDER_ROW,
    /** No longer used, because a deleted source range is {@link Unknown} and not wrong. The word stays reserved. */
    UNREADABLE_SOURCE;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    public boolean isOfTheLedger() {
        return this == LEDGER_GAP || this == LEDGER_OVERLAP || this == LEDGER_MISMATCH;
    }

    /** The word on the command line and in JSON: {@code missing-result}. */
    @Override
    @JsonValue
    public String toString() {
        return word;
    }
}
