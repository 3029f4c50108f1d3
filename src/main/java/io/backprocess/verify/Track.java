package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
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
    record Arrival(long offset, long origin, long digest) {
        void write(DataOutput out) throws IOException {
            out.writeLong(offset);
            out.writeLong(origin);
            out.writeLong(digest);
        }

        static Arrival read(DataInput in) throws IOException {
            return new Arrival(in.readLong(), in.readLong(), in.readLong());
        }
    }

    /** Takes the next record if its content is the expected one. The same content implies the same origin. */
    boolean takes(ProducerRecord<byte[], byte[]> expected);

    /** Takes and returns the next record; null at the end. */
    @Nullable
    Arrival next();

    /** Returns the number of records that were taken. */
    long taken();

    /** Returns an offset between the last record that was taken and the next one, or that of the next one. */
    long position();

    /**
     * Goes on where another track of the same records was, before anything is read here.
     *
     * @param position the other track's {@link #position}, or the offset of a record that it had taken
     * @param alreadyTaken the number of records before this position that the other track had taken
     */
    void resume(long position, long alreadyTaken);

    @Override
    void close();
}
