package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Compares the expected records of one partition of a topic with the records that are there, in order. Both are streamed. A
 * record that does not match at once is kept as a hash, until its counterpart comes or the end shows that there is none.
 */
public interface Matcher extends AutoCloseable {
    /** The largest number of records that wait for their counterparts. Beyond it the oldest record is treated as missing. */
    int MAX_WAITING = 200_000;

    /**
     * Expects the records of the next source record.
     *
     * @param sourceOffset the offset of the source record, higher at each call
     * @param expected the records that the source record must give; there may be none
     */
    void expect(long sourceOffset, List<ProducerRecord<byte[], byte[]>> expected);

    /** Tells whether the next record on the topic belongs to that source record. */
    boolean comesNext(long sourceOffset, ProducerRecord<byte[], byte[]> expected);

    /** Writes what the matcher keeps of the records so far. */
    void write(DataOutput out) throws IOException;

    /** Goes on where another matcher of the same records was, before anything is expected here. */
    void resume(DataInput in) throws IOException;

    /** Ends the comparison. No more records are expected. */
    void finish();

    /** Returns the number of records that are there, without those that the ledger did not count when it was read. */
    long counted();

    /** Returns the number of records that are there and that the ledger did not count when it was read. */
    long ahead();

    /** Returns what {@link OutputPartition#awaited} says of all records, once the comparison has ended. */
    long awaited();

    @Override
    void close();
}
