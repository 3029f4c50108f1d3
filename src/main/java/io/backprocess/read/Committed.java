package io.backprocess.read;

import java.util.Map;

/**
 * The offsets up to which a batch has committed each partition that has any commit. A start that begins before them would write
 * records twice. Results and dead letters use separate transactions, so one of the two may be further than the other.
 *
 * @param results by partition, the source offset behind the highest one that the ledger counts, even if the ledger lacks
 *     earlier ones; 0 when the ledger only says that the partition was begun
 * @param deadLetters by partition, the source offset after the last one that has a dead letter on the topic
 * @param wayOut a sentence that says what to do when only the dead letters are too far
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
