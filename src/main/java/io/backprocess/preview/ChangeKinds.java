package io.backprocess.preview;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Sorts changed events by their kind of change. */
final class ChangeKinds {
    /** The most kinds. A history in which users name the fields could have one kind for each event. */
    private static final int MOST = 200;

    private final int examples;
    private final Map<Signature, Members> kinds = new LinkedHashMap<>();
    private long others;

    ChangeKinds(int examples) {
        this.examples = examples;
    }

    private record FieldName(String path, Operation operation) {}

    private record Signature(int from, int to, Set<FieldName> fields) {}

    /** The events of one kind. */
    private final class Members {
        final Map<FieldName, Tally<Change.ComparedValues>> values = new LinkedHashMap<>();
        final Samples<Example> samples = new Samples<>(examples);
        long count;

        ChangeKind kind(Signature signature) {
            return new ChangeKind(
                    signature.from,
                    signature.to,
                    signature.fields.stream().map(this::field).toList(),
                    count,
                    samples.kept());
        }

        private ChangeKind.Field field(FieldName name) {
            Tally<Change.ComparedValues> tally = values.getOrDefault(name, new Tally<>());
            return new ChangeKind.Field(
                    name.path,
                    name.operation,
                    tally.distinct(),
                    tally.few().stream()
                            .map(each -> new ChangeKind.ValuePair(
                                    each.getKey().before(), each.getKey().after(), each.getValue()))
                            .toList());
        }
    }

    /**
     * Adds an event.
     *
     * @param results the changes in each result
     * @param example makes the example of this event with these changes
     */
    void add(int from, int to, Collection<List<Change>> results, Supplier<Example> example) {
        List<Change> changes =
                from == to ? results.stream().flatMap(Collection::stream).toList() : List.of();
        Set<FieldName> fields = new LinkedHashSet<>();
        changes.forEach(change -> fields.add(name(change)));
        Signature signature = new Signature(from, to, fields);
        Members members = kinds.get(signature);
        if (members == null) {
            if (kinds.size() >= MOST) {
                others++;
                return;
            }
            members = new Members();
            kinds.put(signature, members);
        }
        members.count++;
        for (Change change : changes) {
            members.values.computeIfAbsent(name(change), any -> new Tally<>()).add(change.values());
        }
        members.samples.offer(example);
    }

    private static FieldName name(Change change) {
        return new FieldName(change.place().pattern(), change.operation());
    }

    /** Returns the kinds, the most frequent first. */
    List<ChangeKind> kinds() {
        List<ChangeKind> sorted = new ArrayList<>();
        kinds.forEach((signature, members) -> sorted.add(members.kind(signature)));
        sorted.sort(Comparator.comparingLong(ChangeKind::count).reversed());
        return sorted;
    }

    /** Returns the number of events whose kinds exceed the limit. */
    long others() {
        return others;
    }
}
