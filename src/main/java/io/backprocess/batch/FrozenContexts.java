package io.backprocess.batch;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The contexts that a batch joins: the context topic as it was when the plan was made. Every later reader, after a failure or for
 * a recount, must find the same records. Otherwise results would depend on when they were written.
 *
 * @param ranges the offset ranges of the context topic, one for each partition
 * @param records the number of records in the ranges
 * @param fingerprint a hash over all of the records, with their offsets, times, keys and values
 */
public record FrozenContexts(List<OffsetRange> ranges, long records, String fingerprint) implements Serializable {
    public FrozenContexts {
        ranges = new ArrayList<>(ranges);
    }
}
