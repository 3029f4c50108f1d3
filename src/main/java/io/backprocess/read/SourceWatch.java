package io.backprocess.read;

import java.time.Duration;
import java.util.Map;

/** Looks at the source topic while it is read: at every start, and then again and again. One serves one start. */
public interface SourceWatch {

    /**
     * What the topic was like.
     *
     * @param partitions that it has, and that the batch's topics have as well where it follows
     * @param firstOffsets by partition; what stood before has been deleted
     */
    record Sighting(int partitions, Map<Integer, Long> firstOffsets) {}

    /**
     * Waits for Kafka, so not to be called on the enumerator's own thread.
     *
     * @throws org.apache.flink.runtime.execution.SuppressRestartsException when the topic is not the one any more that the batch
     *     was planned over; any other failure only means that nobody knows
     */
    Sighting look();

    /** From one look to the next. */
    Duration interval();

    /** Lets go of what looking needs. */
    void close();
}
