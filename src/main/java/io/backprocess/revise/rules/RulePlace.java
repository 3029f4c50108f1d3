package io.backprocess.revise.rules;

import io.backprocess.revise.RejectedException;

/**
 * The line of a file that a rejection names.
 *
 * @param subject what stands there
 * @param line the line, from 1
 */
record RulePlace(String subject, int line) {
    RulePlace(int line) {
        this("rule", line);
    }

    /** Returns the rejection of an event that lacks a value that a rule reads. */
    RejectedException missing(String message) {
        return RejectedException.missingContext("%s at line %s: %s".formatted(subject, line, message));
    }

    /** Returns the rejection of an event that has another kind of value than a rule expects. */
    RejectedException invalid(String message) {
        return RejectedException.invalidField("%s at line %s: %s".formatted(subject, line, message));
    }
}
