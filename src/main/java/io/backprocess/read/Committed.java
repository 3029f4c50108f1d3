package io.backprocess.read;

import java.util.Map;

/**
 * What a batch has committed, for each partition that has any: what a start would write twice that begins before it. Results and
 * dead letters travel in transactions of their own, so one of the two may be further than the other.
 *
 * @param results the first source offset that the ledger does not count; 0 where it only says that the partition was begun
 * @param deadLetters the source offset behind the last one that has a dead letter on the topic
 * @param wayOut what to do where only the dead letters are too far
 */
public record Committed(Map<Integer, Long> results, Map<Integer, Long> deadLetters, String wayOut) {

    public Committed {
        results = Map.copyOf(results);
        deadLetters = Map.copyOf(deadLetters);
    }

    boolean isNothing() {
        return results.isEmpty() && deadLetters.isEmpty();
    }
}
