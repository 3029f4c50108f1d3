package io.backprocess.verify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of one source partition of a batch of dedupe scope {@code global}, in each partition of the result topic that they
 * may be in.
 */
final class GlobalResults {
    private final Map<Integer, Part> parts = new LinkedHashMap<>();

    /** The results in one partition of the result topic. */
    private record Part(OutputPartition track, Arrivals arrivals) {}

    /** A result that is there. */
    record Found(OutputPartition track, long offset) {}

    /** Receives the results that were not taken. */
    interface Rest {
        void accept(OutputPartition track, long key, long offset);
    }

    GlobalResults(List<OutputPartition> partitions) {
        partitions.forEach(each -> parts.put(each.span.partition().partition(), new Part(each, new Arrivals())));
    }

    /**
     * Reads the results.
     *
     * @return the number of results that are there
     */
    long load(Loader loader) {
        return parts.values().stream()
                .mapToLong(part -> loader.load(part.track, part.arrivals))
                .sum();
    }

    /** Reads one partition of a topic and returns the number of its records. */
    interface Loader {
        long load(OutputPartition track, Arrivals arrivals);
    }

    boolean has(long key) {
        return parts.values().stream().anyMatch(part -> part.arrivals.has(key));
    }

    /** Takes a result with this key and this content from a partition of the result topic; null if there is none. */
    @Nullable
    Found take(long key, long digest, int resultPartition) {
        Part part = parts.get(resultPartition);
        long offset = part == null ? Arrivals.NONE : part.arrivals.take(key, digest);
        return part == null || offset == Arrivals.NONE ? null : new Found(part.track, offset);
    }

    /** Takes any result with this key; null if there is none. */
    @Nullable
    Found takeAny(long key) {
        for (Part part : parts.values()) {
            long offset = part.arrivals.takeAny(key);
            if (offset != Arrivals.NONE) {
                return new Found(part.track, offset);
            }
        }
        return null;
    }

    /** Reports a result that is not there, wherever it should be. */
    void missing(long sourceOffset) {
        OutputPartition first = parts.values().iterator().next().track;
        if (parts.size() == 1) {
            first.missing(sourceOffset);
        } else {
            first.missingInAny(sourceOffset);
        }
    }

    long ahead() {
        return parts.values().stream().mapToLong(part -> part.track.ahead()).sum();
    }

    void forEachLeft(Rest rest) {
        parts.values()
                .forEach(part -> part.arrivals.forEachLeft((key, offset) -> rest.accept(part.track, key, offset)));
    }
}
