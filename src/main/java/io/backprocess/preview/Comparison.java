package io.backprocess.preview;

import java.util.List;

/**
 * What would be different as against what an earlier batch has written of the same records.
 *
 * @param same as many results, and nothing is different in them but the correlationId; or a dead letter of the same reason; or
 *     nothing then and nothing now
 * @param different results of both, which are not the same
 * @param differences kinds of difference, old result → new, the most frequent first
 * @param otherDifferences events of further kinds
 * @param fates what had another end then, the most frequent first
 * @param outside records that the earlier batch has not read, or not yet
 */
public record Comparison(
        String batchId,
        String revision,
        long compared,
        long same,
        long different,
        List<Kind> differences,
        long otherDifferences,
        List<Fate> fates,
        long outside) {

    /**
     * @param then {@code taken}, the reason of a dead letter, or {@code nothing}: skipped, a duplicate, or without a result
     * @param now likewise
     */
    public record Fate(String then, String now, long count, List<Instance> examples) {}

    public record Instance(String origin, String eventId) {}
}
