package io.backprocess.verify;

import java.util.List;
import java.util.function.LongConsumer;

/** Proves the partitions of a batch elsewhere than in this process. */
public interface Counting {
    /**
     * Returns the report of each partition of the premises, in any order.
     *
     * @param progress receives the number of source offsets that are done
     */
    List<PartitionReport> count(Premises premises, LongConsumer progress);
}
