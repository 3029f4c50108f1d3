package io.backprocess.revise.rules;

import io.backprocess.revise.RejectedException;

/**
 * A place in a rules file.
 *
 * @param line the line number, from 1
 * @param column the column number, from 1
 */
record RulePlace(int line, int column) {
    /** Returns the rejection of an event that lacks a value that a rule reads. */
    RejectedException missing(String message) {
        return RejectedException.missingContext("rule at line %s: %s".formatted(line, message));
    }

    /** Returns the rejection of an event that has another kind of value than a rule expects. */
    RejectedException invalid(String message) {
        return RejectedException.invalidField("rule at line %s: %s".formatted(line, message));
    }

    @Override
    public String toString() {
        return "line %s, column %s".formatted(line, column);
    }
}
