package io.backprocess.verify;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Records of one partition of a topic in their order, as a matcher takes them. */
interface Track extends AutoCloseable {

    /**
     * A record that is not the expected one.
     *
     * @param origin its source offset, or {@link OutputPartition#FOREIGN}
     * @param digest the hash of its content
     */
    record Arrival(long offset, long origin, long digest) {}

    /** Takes the next record if its content is the expected one. The same content implies the same origin. */
    boolean takes(ProducerRecord<byte[], byte[]> expected);

    /** Takes and returns the next record; null at the end. */
    @Nullable
    Arrival next();

    /** Returns the number of records that were taken. */
    long taken();

    @Override
    void close();
}
