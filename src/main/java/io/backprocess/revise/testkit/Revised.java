package io.backprocess.revise.testkit;

import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** What has become of an event: results, a dead letter with its reason, or nothing because it is of another version. */
public final class Revised {
    private final String event;
    private final List<String> results;
    /** In place of results: {@code rejected: No price}. */
    private final @Nullable String fate;

    private final @Nullable Reason reason;
    private final @Nullable Throwable thrown;

    private Revised(
            String event,
            List<String> results,
            @Nullable String fate,
            @Nullable Reason reason,
            @Nullable Throwable thrown) {
        this.event = event;
        this.results = results;
        this.fate = fate;
        this.reason = reason;
        this.thrown = thrown;
    }

    static Revised into(String event, List<String> results) {
        return new Revised(event, results, null, null, null);
    }

    static Revised skipped(String event, ProcessVersion version) {
        return new Revised(event, List.of(), "skipped: it is of version " + version, null, null);
    }

    static Revised dead(String event, Reason reason, String message, @Nullable Throwable thrown) {
        return new Revised(event, List.of(), reason + ": " + message, reason, thrown);
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

    /** A line for what it became where it has no results, and else its results, one a line. */
    String text() {
        return fate != null ? fate : results.isEmpty() ? "no results" : String.join("\n", results);
    }

    /**
     * The new envelopes, as they would be written.
     *
     * @throws AssertionError when the event has become a dead letter, or was skipped
     */
    public List<String> results() {
        if (fate != null) {
            throw new AssertionError("%s has no results, but is %s".formatted(event, fate), thrown);
        }
        return results;
    }

    /** The same, to be asked for single fields. */
    public List<Event> events() {
        EventReader reader = new EventReader();
        List<Event> events = new ArrayList<>();
        for (String result : results()) {
            byte[] value = result.getBytes(StandardCharsets.UTF_8);
            try {
                events.add(reader.read(new SourceRecord(0, 0, 0, null, value, new RecordHeaders()), value));
            } catch (UnreadableException e) {
                throw new AssertionError("%s became what is no event: %s".formatted(event, e.getMessage()), e);
            }
        }
        return events;
    }

    /** Exactly these envelopes, in this order, to the byte; with none, that it became nothing. */
    public Revised gives(String... envelopes) {
        compare(List.of(envelopes), results());
        return this;
    }

    /** The same of the payloads alone. */
    public Revised givesPayloads(String... payloads) {
        List<String> actual = events().stream().map(Revised::payload).toList();
        compare(List.of(payloads), actual);
        return this;
    }

    /** A dead letter with the reason {@code rejected} and exactly this message. */
    public Revised isRejected(String message) {
        return isDead(Reason.REJECTED, message);
    }

    /** A dead letter with exactly this message. */
    public Revised isDead(Reason expected, String message) {
        return is(expected + ": " + message);
    }

    /** Left alone, because it is of another version than the revision takes. */
    public Revised isSkipped() {
        if (fate == null || reason != null) {
            throw new AssertionError("%s should be skipped, but became%n  %s".formatted(event, text()), thrown);
        }
        return this;
    }

    private Revised is(String expected) {
        if (!expected.equals(fate)) {
            throw new AssertionError(
                    "%s did not become what it should%n%s"
                            .formatted(event, Difference.between(expected, text(), "expected", "actual")),
                    thrown);
        }
        return this;
    }

    private void compare(List<String> expected, List<String> actual) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            if (!expected.get(i).equals(actual.get(i))) {
                throw new AssertionError("result %s of %s of %s is not as it should be%n%s"
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
