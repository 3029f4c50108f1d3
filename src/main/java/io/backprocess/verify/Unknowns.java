package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The unknown offsets that all threads have reported. Adjacent offsets with the same reason form one range. Each partition keeps
 * at most {@value #MAX_KEPT} ranges per reason. Beyond that the last range grows and also covers the offsets in between.
 */
final class Unknowns {
    static final int MAX_KEPT = 100;

    private static final Comparator<Unknown> BY_PLACE = Comparator.comparing(Unknown::topic)
            .thenComparing(Unknown::partition)
            .thenComparing(Unknown::from)
            .thenComparing(Unknown::why);

    private final Map<Place, List<Unknown>> spans = new HashMap<>();

    private record Place(String topic, int partition, String why) {}

    synchronized void add(String topic, int partition, long from, long to, String why) {
        List<Unknown> kept = spans.computeIfAbsent(new Place(topic, partition, why), any -> new ArrayList<>());
        Unknown last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
        boolean touches = last != null && from <= last.to() && to >= last.from();
        if (last != null && (touches || kept.size() == MAX_KEPT)) {
            kept.set(
                    kept.size() - 1,
                    new Unknown(topic, partition, Math.min(last.from(), from), Math.max(last.to(), to), why));
        } else {
            kept.add(new Unknown(topic, partition, from, to, why));
        }
    }

    void addAll(Unknowns others) {
        others.all().forEach(each -> add(each.topic(), each.partition(), each.from(), each.to(), each.why()));
    }

    /** Adds one offset. */
    void add(String topic, int partition, long offset, String why) {
        add(topic, partition, offset, offset + 1, why);
    }

    /** Writes the ranges so far. */
    synchronized void write(DataOutput out) throws IOException {
        StateJson.write(all().toArray(new Unknown[0]), out);
    }

    /** Takes what {@link #write} has written in place of all ranges here. */
    synchronized void resume(DataInput in) throws IOException {
        spans.clear();
        for (Unknown each : StateJson.read(in, Unknown[].class)) {
            spans.computeIfAbsent(new Place(each.topic(), each.partition(), each.why()), any -> new ArrayList<>())
                    .add(each);
        }
    }

    /** Returns all ranges, sorted by topic, partition and offset. */
    synchronized List<Unknown> all() {
        return spans.values().stream().flatMap(List::stream).sorted(BY_PLACE).toList();
    }
}
