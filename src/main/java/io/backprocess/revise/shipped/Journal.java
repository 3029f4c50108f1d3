package io.backprocess.revise.shipped;

import io.backprocess.event.Event;
import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts version 1.0 to 2.0 of a person's log of failures {@code {action, myAssumption, theirReaction, culturalContext,
 * lessonLearned}}. An entry whose context has become known gets its lesson. An existing lesson stays unchanged. An entry with
 * {@code "notMine": true} is rejected.
 */
public final class Journal implements Revision {
    private static final String LESSON = "lesson";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(assumption|context)\\}");

    private String lesson = "I assumed: {assumption} But here: {context}";

    @Override
    public String name() {
        return "journal";
    }

    @Override
    public ProcessVersion from() {
        return ProcessVersion.of("1.0");
    }

    @Override
    public ProcessVersion to() {
        return ProcessVersion.of("2.0");
    }

    /**
     * Returns the option {@code lesson}: the wording of the lesson, which contains {@code {assumption}} and {@code {context}}.
     */
    @Override
    public Set<String> options() {
        return Set.of(LESSON);
    }

    @Override
    public void configure(Map<String, String> options) {
        lesson = options.getOrDefault(LESSON, lesson);
        if (!PLACEHOLDER.matcher(lesson).find()) {
            throw new IllegalArgumentException(
                    "journal: the lesson '%s' has neither {assumption} nor {context} in it".formatted(lesson));
        }
    }

    @Override
    public void revise(Event event, Results results) throws RejectedException {
        JsonObject entry = event.payload();
        if (Boolean.TRUE.equals(entry.bool("notMine"))) {
            throw new RejectedException("Not mine to process");
        }
        String context = text(entry, "culturalContext");
        if (context == null || isLearned(entry.get("lessonLearned"))) {
            results.emit(event.edit());
            return;
        }
        String assumption = text(entry, "myAssumption");
        if (assumption == null) {
            throw RejectedException.missingContext("myAssumption is missing");
        }
        results.emit(event.edit().set("lessonLearned", word(assumption, context)));
    }

    /** Returns the member's text; null where it is absent or blank. */
    private static @Nullable String text(JsonObject entry, String name) throws RejectedException {
        if (!entry.has(name)) {
            return null;
        }
        String text = entry.text(name);
        if (text == null) {
            throw RejectedException.invalidField(name + " is no text: " + entry.get(name));
        }
        return text.isBlank() ? null : text;
    }

    private static boolean isLearned(@Nullable JsonValue lessonLearned) {
        if (lessonLearned == null || lessonLearned.isNull()) {
            return false;
        }
        String text = lessonLearned.text();
        return text == null || !text.isBlank();
    }

    /** Fills in both placeholders in one pass, so that braces in an entry stay unchanged. */
    private String word(String assumption, String context) {
        return PLACEHOLDER
                .matcher(lesson)
                .replaceAll(
                        found -> Matcher.quoteReplacement(found.group(1).equals("assumption") ? assumption : context));
    }
}
