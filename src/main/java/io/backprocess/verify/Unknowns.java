package io.backprocess.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What cannot be told, reported by all threads. Offsets that follow each other for the same reason are one stretch. Each partition
 * keeps at most {@value #MAX_KEPT} stretches a reason; the last one then grows over what lies between.
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

    /** One offset. */
    void add(String topic, int partition, long offset, String why) {
        add(topic, partition, offset, offset + 1, why);
    }

    /** By topic, partition and offset. */
    synchronized List<Unknown> all() {
        return spans.values().stream().flatMap(List::stream).sorted(BY_PLACE).toList();
    }
}
