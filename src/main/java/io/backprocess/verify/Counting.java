package io.backprocess.verify;

import java.util.List;
import java.util.function.LongConsumer;

/** Proves the partitions of a batch elsewhere than in this process. */
public interface Counting {
    /**
     * The result.
     *
     * @param ends what the proof of each partition ended with, in any order
     * @param copiesAcross what {@link CopiesAcross#bytes} has returned, one for each part of the eventIds; empty if copies in
     *     different partitions are not counted
     */
    record Counted(List<byte[]> ends, List<byte[]> copiesAcross) {}

    /**
     * Proves the partitions of the premises.
     *
     * @param progress receives the number of source offsets that are done
     */
    Counted count(Premises premises, LongConsumer progress);
}
