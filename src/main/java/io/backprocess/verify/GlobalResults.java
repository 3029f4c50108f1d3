package io.backprocess.verify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The results of one source partition of a batch of dedupe scope {@code global}, in each partition of the result topic that they
 * may be in.
 */
final class GlobalResults {
    private final Map<Integer, Part> parts = new LinkedHashMap<>();

    /** The results in one partition of the result topic. */
    private record Part(OutputPartition track, ArrivalIndex arrivals) {}

    /** A result that is there. */
    record Found(OutputPartition track, long offset) {}

    /** Receives the results that were not taken. */
    interface Rest {
        void accept(OutputPartition track, long key, long offset);
    }

    /** @param index opens the index of a partition of the result topic */
    GlobalResults(List<OutputPartition> partitions, IntFunction<ArrivalIndex> index) {
        for (OutputPartition each : partitions) {
            int partition = each.span.partition().partition();
            parts.put(partition, new Part(each, index.apply(partition)));
        }
    }

    /** Returns the index of a partition of the result topic. */
    ArrivalIndex index(OutputPartition track) {
        return Objects.requireNonNull(parts.get(track.span.partition().partition())).arrivals;
    }

    boolean has(long key) {
        return parts.values().stream().anyMatch(part -> part.arrivals.has(key));
    }

    /** Takes a result with this key and this content from a partition of the result topic; null if there is none. */
    @Nullable
    Found take(long key, long digest, int resultPartition) {
        Part part = parts.get(resultPartition);
        long offset = part == null ? ArrivalIndex.NONE : part.arrivals.take(key, digest);
        return part == null || offset == ArrivalIndex.NONE ? null : new Found(part.track, offset);
    }

    /** Takes any result with this key; null if there is none. */
    @Nullable
    Found takeAny(long key) {
        for (Part part : parts.values()) {
            long offset = part.arrivals.takeAny(key);
            if (offset != ArrivalIndex.NONE) {
                return new Found(part.track, offset);
            }
        }
        return null;
    }

    void forEachLeft(Rest rest) {
        parts.values()
                .forEach(part -> part.arrivals.forEachLeft((key, offset) -> rest.accept(part.track, key, offset)));
    }
}
