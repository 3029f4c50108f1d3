package io.backprocess.verify;

import java.util.List;
import java.util.function.LongConsumer;

/** Proves the partitions of a batch elsewhere than in this process. */
public interface Counting {
    /**
     * Returns what the proof of each partition of the premises ended with, in any order.
     *
     * @param progress receives the number of source offsets that are done
     */
    List<byte[]> count(Premises premises, LongConsumer progress);
}
