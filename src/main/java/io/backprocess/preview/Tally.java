package io.backprocess.preview;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts how often each of some values comes, as long as there are not too many different ones. */
final class Tally<K> {
    /** So many are worth a line each. */
    static final int FEW = 8;

    static final int MOST = 10_000;

    private final Map<K, Long> counts = new LinkedHashMap<>();

    void add(K value) {
        if (counts.size() < MOST || counts.containsKey(value)) {
            counts.merge(value, 1L, Long::sum);
        }
    }

    /** How many different ones there were; from {@link #MOST} on perhaps more. */
    int distinct() {
        return counts.size();
    }

    /** The most frequent first; none where there are more than {@link #FEW}. */
    List<Map.Entry<K, Long>> few() {
        if (counts.size() > FEW) {
            return List.of();
        }
        List<Map.Entry<K, Long>> sorted = new ArrayList<>(counts.entrySet());
        sorted.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
        return sorted;
    }
}
