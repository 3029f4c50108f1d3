package io.backprocess.batch;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Which contexts a batch joins: the topic as it was when the plan was made. Whoever reads it later, after a failure or to
 * recount, must find the same records, or results would depend on when they were written.
 *
 * @param ranges of the context topic, one for each partition
 * @param records in them
 * @param fingerprint over all of the records, with their places, times, keys and values
 */
public record FrozenContexts(List<OffsetRange> ranges, long records, String fingerprint) implements Serializable {
    public FrozenContexts {
        ranges = new ArrayList<>(ranges);
    }
}
