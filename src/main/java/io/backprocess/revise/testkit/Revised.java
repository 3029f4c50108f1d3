package io.backprocess.revise.testkit;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.RecordText;
import io.backprocess.event.Result;
import io.backprocess.event.UnreadableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The outcome of an event: results, a dead letter with its reason, or no result because it is of another version. */
public final class Revised {
    private final String event;
    private final List<Result> made;
    private final List<String> results;
    private final EnvelopeMapping mapping;
    /** The outcome in words, where there are no results: {@code rejected: No price}. Null where there are results. */
    private final @Nullable String fate;

    private final @Nullable Reason reason;
    private final @Nullable Throwable thrown;

    private Revised(
            String event,
            List<Result> made,
            EnvelopeMapping mapping,
            @Nullable String fate,
            @Nullable Reason reason,
            @Nullable Throwable thrown) {
        this.event = event;
        this.made = made;
        this.mapping = mapping;
        this.results = made.stream()
                .map(result -> new String(result.envelope(), StandardCharsets.UTF_8))
                .toList();
        this.fate = fate;
        this.reason = reason;
        this.thrown = thrown;
    }

    static Revised into(String event, List<Result> results, EnvelopeMapping mapping) {
        return new Revised(event, results, mapping, null, null, null);
    }

    static Revised skipped(String event, ProcessVersion version) {
        return new Revised(event, List.of(), EnvelopeMapping.OWN, "skipped: it is of version " + version, null, null);
    }

    static Revised dead(String event, Reason reason, String message, @Nullable Throwable thrown) {
        return new Revised(event, List.of(), EnvelopeMapping.OWN, reason + ": " + message, reason, thrown);
    }

    String event() {
        return event;
    }

    boolean hasResults() {
        return !results.isEmpty();
    }

    boolean isTransient() {
        return reason == Reason.RETRIES_EXHAUSTED;
    }

    /** Returns one line with the outcome where there are no results, and otherwise the results, one on each line. */
    String text() {
        return fate != null ? fate : results.isEmpty() ? "no results" : String.join("\n", results);
    }

    /**
     * Returns the new envelopes as they would be written.
     *
     * @throws AssertionError when the event has become a dead letter, or was skipped
     */
    public List<String> results() {
        if (fate != null) {
            throw new AssertionError("%s has no results, but is %s".formatted(event, fate), thrown);
        }
        return results;
    }

    /**
     * Returns the texts of the results' headers by name. They are those of the source, without the headers that a batch adds.
     *
     * @throws AssertionError when the event has become a dead letter, or was skipped
     */
    public List<Map<String, String>> headers() {
        return results().isEmpty()
                ? List.of()
                : made.stream()
                        .map(result -> RecordText.headers(result.record()))
                        .toList();
    }

    /** Returns everything by which two outcomes can differ: the text, and headers that changed. */
    String everything() {
        StringBuilder all = new StringBuilder(text());
        for (Result result : made) {
            if (result.headers() != result.source().record().headers()) {
                all.append("\nheaders ").append(RecordText.headers(result.record()));
            }
        }
        return all.toString();
    }

    /** Returns the results as events, so that a test can read single fields. */
    public List<Event> events() {
        EventReader reader = new EventReader(mapping);
        List<Event> events = new ArrayList<>();
        for (Result result : results().isEmpty() ? List.<Result>of() : made) {
            try {
                events.add(reader.read(result));
            } catch (UnreadableException e) {
                throw new AssertionError("%s became an invalid event: %s".formatted(event, e.getMessage()), e);
            }
        }
        return events;
    }

    /**
     * Asserts that the results are exactly these envelopes, in this order, byte for byte. Without arguments it asserts that the
     * event gives no result.
     */
    public Revised gives(String... envelopes) {
        compare(List.of(envelopes), results());
        return this;
    }

    /** Asserts that the results' payloads are exactly these, in this order. */
    public Revised givesPayloads(String... payloads) {
        List<String> actual = events().stream().map(Revised::payload).toList();
        compare(List.of(payloads), actual);
        return this;
    }

    /** Asserts that the event became a dead letter with the reason {@code rejected} and exactly this message. */
    public Revised isRejected(String message) {
        return isDead(Reason.REJECTED, message);
    }

    /** Asserts that the event became a dead letter with this reason and exactly this message. */
    public Revised isDead(Reason expected, String message) {
        return is(expected + ": " + message);
    }

    /** Asserts that the event was skipped, because it is of another version than the revision takes. */
    public Revised isSkipped() {
        if (fate == null || reason != null) {
            throw new AssertionError("%s should be skipped, but became%n  %s".formatted(event, text()), thrown);
        }
        return this;
    }

    private Revised is(String expected) {
        if (!expected.equals(fate)) {
            throw new AssertionError(
                    "%s has another outcome than expected%n%s"
                            .formatted(event, Difference.between(expected, text(), "expected", "actual")),
                    thrown);
        }
        return this;
    }

    private void compare(List<String> expected, List<String> actual) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            if (!expected.get(i).equals(actual.get(i))) {
                throw new AssertionError("result %s of %s of %s is not as expected%n%s"
                        .formatted(
                                i + 1,
                                actual.size(),
                                event,
                                Difference.between(expected.get(i), actual.get(i), "expected", "actual")));
            }
        }
        if (expected.size() != actual.size()) {
            throw new AssertionError("%s should have %s results, but has %s:%n  %s"
                    .formatted(event, expected.size(), actual.size(), String.join("\n  ", actual)));
        }
    }

    private static String payload(Event result) {
        int start = result.payload().start();
        int length = result.payload().end() - start;
        return new String(result.payload().document(), start, length, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return event + ": " + text();
    }
}
