package io.backprocess.preview;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the occurrences of different values, up to a limit of different ones. */
final class Tally<K> {
    /** The most values that are listed one by one. */
    static final int FEW = 8;

    static final int MOST = 10_000;

    private final Map<K, Long> counts = new LinkedHashMap<>();

    void add(K value) {
        if (counts.size() < MOST || counts.containsKey(value)) {
            counts.merge(value, 1L, Long::sum);
        }
    }

    /** Returns the number of different values. At {@link #MOST} there may be more. */
    int distinct() {
        return counts.size();
    }

    /** Returns the values with their counts, the most frequent first; an empty list where there are more than {@link #FEW}. */
    List<Map.Entry<K, Long>> few() {
        if (counts.size() > FEW) {
            return List.of();
        }
        List<Map.Entry<K, Long>> sorted = new ArrayList<>(counts.entrySet());
        sorted.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
        return sorted;
    }
}
