package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.event.LetterFamily;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source that is a topic of dead letters, and the letters that a batch takes of it.
 *
 * @param family the framework that wrote the letters
 * @param maxAttempts letters that have failed so often or more are skipped; null for no limit
 * @param reasonLike a part that a class or message of the failure must contain, upper and lower case being the same; null for any
 * @param since letters that failed before this instant are skipped; null for none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLettersOf(
        LetterFamily family,
        @Nullable Integer maxAttempts,
        @Nullable String reasonLike,
        @Nullable String since) implements Serializable {

    /** Returns the first instant of a failure; null for any. */
    public @Nullable Instant sinceInstant() {
        return since == null ? null : Instant.parse(since);
    }

    /** Describes the letters that are taken: {@code spring, like "timeout", failed less than 3 times}. */
    public String inWords() {
        StringBuilder words = new StringBuilder(family.toString());
        if (reasonLike != null) {
            words.append(", like \"").append(reasonLike).append('"');
        }
        if (since != null) {
            words.append(", since ").append(since);
        }
        if (maxAttempts != null) {
            words.append(", failed less than ").append(maxAttempts).append(" times");
        }
        return words.toString();
    }

    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (maxAttempts != null && maxAttempts < 1) {
            problems.add("--max-attempts %d is less than one".formatted(maxAttempts));
        }
        if (reasonLike != null && reasonLike.isBlank()) {
            problems.add("--reason-like is empty; give a part of the exception's class or message");
        }
        if (since != null) {
            Instants.parse("--since", since, List.of(), problems);
        }
        return problems;
    }
}
