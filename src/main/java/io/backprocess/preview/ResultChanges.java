package io.backprocess.preview;

import io.backprocess.event.EnvelopeField;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.Result;
import io.backprocess.event.Taken;
import io.backprocess.event.UnreadableException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The differences between results and the events that they were made from. */
final class ResultChanges {
    static final int EVENT_ID = 100;
    /** The fields that change in every result. They are reported once and not for each result. */
    private static final Set<EnvelopeField> ALWAYS =
            EnumSet.of(EnvelopeField.CORRELATION_ID, EnvelopeField.PROCESS_VERSION);
    /** The same fields where an event has several results, which each have an eventId of their own. */
    private static final Set<EnvelopeField> ALWAYS_OF_SEVERAL =
            EnumSet.of(EnvelopeField.CORRELATION_ID, EnvelopeField.PROCESS_VERSION, EnvelopeField.EVENT_ID);

    private final EventReader reader;
    private final ChangeKinds kinds;
    private long changed;
    private long unchanged;
    private long split;
    private long withoutResult;
    private long results;
    private @Nullable String version;

    ResultChanges(EnvelopeMapping mapping, int examples) {
        reader = new EventReader(mapping);
        kinds = new ChangeKinds(examples);
    }

    void add(String origin, Taken taken) {
        Event event = taken.event();
        int size = taken.results().size();
        results += size;
        List<List<Change>> changes = new ArrayList<>();
        for (Result result : taken.results()) {
            changes.add(changes(event, result, size == 1 ? ALWAYS : ALWAYS_OF_SEVERAL));
        }
        if (size == 1 && changes.get(0).isEmpty()) {
            unchanged++;
            return;
        }
        changed += size == 1 ? 1 : 0;
        split += size > 1 ? 1 : 0;
        withoutResult += size == 0 ? 1 : 0;
        kinds.add(1, size, changes, () -> Example.of(origin, Excerpt.of(event.eventId(), EVENT_ID), changes));
    }

    private List<Change> changes(Event event, Result result, Set<EnvelopeField> ignored) {
        Event now = read(result);
        if (now == null) {
            return unreadable();
        }
        version = now.processVersion().toString();
        return Differences.between(event, now, ignored);
    }

    private @Nullable Event read(Result result) {
        try {
            return reader.readWritten(result);
        } catch (UnreadableException e) {
            return null;
        }
    }

    static List<Change> unreadable() {
        return List.of(new Change(ValuePath.ENVELOPE, Operation.UNREADABLE, null, null));
    }

    long changed() {
        return changed;
    }

    long unchanged() {
        return unchanged;
    }

    long split() {
        return split;
    }

    long withoutResult() {
        return withoutResult;
    }

    long results() {
        return results;
    }

    ChangeKinds kinds() {
        return kinds;
    }

    /** Returns the version of the results; null where there were none. */
    @Nullable
    String version() {
        return version;
    }
}
