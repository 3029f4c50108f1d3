package io.backprocess.format.avro;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Tells which types of two schemas are the same: the same bytes are the same JSON. Names of records, enums and fixed types,
 * aliases, documentation and defaults do not matter for that. Answers are kept, and threads may share them.
 */
final class SameTypes {
    /** Two types by identity, since a record may contain itself. */
    record Pair(AvroType one, AvroType other) {
        @Override
        public boolean equals(Object object) {
            return object instanceof Pair that && one == that.one && other == that.other;
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(one) + System.identityHashCode(other);
        }
    }

    private final Map<Pair, Boolean> answers = new ConcurrentHashMap<>();
    private final Map<Pair, int[]> fields = new ConcurrentHashMap<>();

    boolean areSame(AvroType one, AvroType other) {
        if (one == other) {
            return true;
        }
        if (one instanceof LeafType) {
            return one.equals(other);
        }
        return answers.computeIfAbsent(new Pair(one, other), SameTypes::compare);
    }

    /** Compares pair by pair. A pair that was met before is the same unless another one is not. */
    private static boolean compare(Pair first) {
        Set<Pair> met = new HashSet<>();
        Deque<Pair> open = new ArrayDeque<>(List.of(first));
        List<Pair> inside = new ArrayList<>();
        while (!open.isEmpty()) {
            Pair pair = open.pop();
            if (pair.one() == pair.other() || !met.add(pair)) {
                continue;
            }
            if (!pair.one().isLike(pair.other(), inside)) {
                return false;
            }
            open.addAll(inside);
            inside.clear();
        }
        return true;
    }

    /** Returns for each field of a record the index of the base's field that it stands for; -1 where there is none. */
    int[] fields(RecordType record, RecordType base) {
        return fields.computeIfAbsent(new Pair(record, base), pair -> IntStream.range(0, record.fieldCount())
                .map(field -> record.counterpart(field, base))
                .toArray());
    }
}
