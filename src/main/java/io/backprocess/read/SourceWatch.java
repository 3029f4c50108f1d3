package io.backprocess.read;

import java.time.Duration;
import java.util.Map;

/** Checks the source topic while it is read: at every start, and then at regular intervals. One instance serves one start. */
public interface SourceWatch {

    /**
     * The state of the topic at one check.
     *
     * @param partitions the number of partitions of the topic; when the batch follows, its own topics have as many
     * @param firstOffsets the first offset that still exists, by partition; earlier records have been deleted
     */
    record Sighting(int partitions, Map<Integer, Long> firstOffsets) {}

    /**
     * Checks the topic. It waits for Kafka, so it must not be called on the enumerator's own thread.
     *
     * @throws org.apache.flink.runtime.execution.SuppressRestartsException when the topic is no longer the one that the batch was
     *     planned over; any other failure only means that the state of the topic is unknown
     */
    Sighting look();

    /** Returns the time between two checks. */
    Duration interval();

    /** Releases the client that the checks use. */
    void close();
}
