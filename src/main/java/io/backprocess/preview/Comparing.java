package io.backprocess.preview;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeField;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.Outcome;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.event.UnreadableException;
import io.backprocess.preview.Comparison.Fate;
import io.backprocess.preview.Comparison.Instance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compares the present outcomes of records with the output of an earlier batch for them. */
final class Comparing {
    static final String TAKEN = "taken";
    static final String NOTHING = "nothing";
    private static final Set<EnvelopeField> IGNORED = EnumSet.of(EnvelopeField.CORRELATION_ID);

    private final String batchId;
    private final String revision;
    private final int examples;
    private final EventReader earlier;
    private final EventReader reader;
    private final ChangeKinds kinds;
    private final Map<Ends, Records> fates = new LinkedHashMap<>();
    private long compared;
    private long same;
    private long different;
    private long outside;

    /**
     * @param earlier where the results of the earlier batch keep the parts of an envelope
     * @param mapping where records keep them now
     */
    Comparing(String batchId, String revision, EnvelopeMapping earlier, EnvelopeMapping mapping, int examples) {
        this.earlier = new EventReader(earlier);
        this.reader = new EventReader(mapping);
        this.batchId = batchId;
        this.revision = revision;
        this.examples = examples;
        this.kinds = new ChangeKinds(examples);
    }

    private record Ends(String then, String now) {}

    private final class Records {
        final Samples<Instance> samples = new Samples<>(examples);
        long count;
    }

    /** Counts a record that the earlier batch has not reached. */
    void addOutside() {
        outside++;
    }

    void add(String origin, SourceRecord record, Written written, Outcome now) {
        compared++;
        Ends ends = new Ends(end(written), end(now));
        if (!ends.then.equals(ends.now)) {
            Records records = fates.computeIfAbsent(ends, any -> new Records());
            records.count++;
            records.samples.offer(() -> new Instance(origin, eventId(record)));
        } else if (now instanceof Taken taken && !taken.results().isEmpty()) {
            compare(origin, taken, written.results());
        } else {
            same++;
        }
    }

    private static String end(Written written) {
        String reason = written.deadFor();
        return reason != null ? reason : written.results().isEmpty() ? NOTHING : TAKEN;
    }

    private static String end(Outcome now) {
        if (now instanceof DeadLetter letter) {
            return letter.reason().toString();
        }
        return now instanceof Taken taken && !taken.results().isEmpty() ? TAKEN : NOTHING;
    }

    private void compare(String origin, Taken taken, List<SourceRecord> written) {
        List<Result> now = taken.results();
        List<SourceRecord> then = inTheOrderOf(now, written);
        List<List<Change>> changes = new ArrayList<>();
        for (int i = 0; i < Math.min(then.size(), now.size()); i++) {
            changes.add(changes(then.get(i), now.get(i)));
        }
        if (then.size() == now.size() && changes.stream().allMatch(Collection::isEmpty)) {
            same++;
            return;
        }
        different++;
        String eventId = Excerpt.of(taken.event().eventId(), ResultChanges.EVENT_ID);
        kinds.add(then.size(), now.size(), changes, () -> Example.of(origin, eventId, changes));
    }

    /**
     * Returns the earlier results in the order of those that have the same eventId now. The keys of several results may have
     * placed them in different partitions, and then their order is not known.
     */
    private List<SourceRecord> inTheOrderOf(List<Result> now, List<SourceRecord> then) {
        if (then.size() < 2) {
            return then;
        }
        List<SourceRecord> rest = new ArrayList<>(then);
        List<SourceRecord> ordered = new ArrayList<>();
        for (Result result : now) {
            String id = eventId(result.record());
            rest.stream().filter(each -> eventId(each).equals(id)).findFirst().ifPresent(same -> {
                rest.remove(same);
                ordered.add(same);
            });
        }
        ordered.addAll(rest);
        return ordered;
    }

    private List<Change> changes(SourceRecord then, Result now) {
        try {
            return Differences.between(
                    earlier.read(then, Objects.requireNonNull(then.value())), reader.readWritten(now), IGNORED);
        } catch (UnreadableException e) {
            return ResultChanges.unreadable();
        }
    }

    /** Returns the eventId; an empty text where the record is too damaged to have one. */
    private String eventId(SourceRecord record) {
        byte[] value = record.value();
        try {
            Event event = value == null ? null : reader.read(record, value);
            return event == null ? "" : Excerpt.of(event.eventId(), ResultChanges.EVENT_ID);
        } catch (UnreadableException e) {
            return "";
        }
    }

    Comparison comparison() {
        List<Fate> sorted = new ArrayList<>();
        fates.forEach(
                (ends, records) -> sorted.add(new Fate(ends.then, ends.now, records.count, records.samples.kept())));
        sorted.sort(Comparator.comparingLong(Fate::count).reversed());
        return new Comparison(
                batchId,
                revision,
                new Comparison.Agreement(compared, same, different),
                kinds.kinds(),
                kinds.others(),
                sorted,
                outside);
    }
}
