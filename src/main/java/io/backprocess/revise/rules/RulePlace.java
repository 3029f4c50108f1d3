package io.backprocess.revise.rules;

import io.backprocess.revise.RejectedException;

/** The line of a rules file that a rejection names, from 1. */
record RulePlace(int line) {
    /** Returns the rejection of an event that lacks a value that a rule reads. */
    RejectedException missing(String message) {
        return RejectedException.missingContext("rule at line %s: %s".formatted(line, message));
    }

    /** Returns the rejection of an event that has another kind of value than a rule expects. */
    RejectedException invalid(String message) {
        return RejectedException.invalidField("rule at line %s: %s".formatted(line, message));
    }
}
