package io.backprocess.revise.rules;

import io.backprocess.revise.RejectedException;

/**
 * Where something stands in a rules file.
 *
 * @param line from 1
 * @param column from 1
 */
record RulePlace(int line, int column) {
    /** The event lacks what a rule reads. */
    RejectedException missing(String message) {
        return RejectedException.missingContext("rule at line %s: %s".formatted(line, message));
    }

    /** The event has something else than what a rule expects. */
    RejectedException invalid(String message) {
        return RejectedException.invalidField("rule at line %s: %s".formatted(line, message));
    }

    @Override
    public String toString() {
        return "line %s, column %s".formatted(line, column);
    }
}
