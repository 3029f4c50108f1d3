package io.backprocess.verify;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Holds what is expected of one partition of a topic against what is there, in order. Both are streamed; only what does not
 * meet at once is kept, as a hash, until its counterpart comes or the end shows that none does.
 */
public interface Matcher extends AutoCloseable {
    /** Of what waits for its counterpart, so much is kept; beyond it the oldest is taken for lost. */
    int MAX_WAITING = 200_000;

    /**
     * What comes next.
     *
     * @param sourceOffset of the source record, higher at each call
     * @param expected one or several records of that source record
     */
    void expect(long sourceOffset, List<ProducerRecord<byte[], byte[]>> expected);

    /** Whether what stands next is of that source record. */
    boolean comesNext(long sourceOffset, ProducerRecord<byte[], byte[]> expected);

    /** Nothing more is expected. */
    void finish();

    /** Records that are there, without those that the ledger did not count yet when it was read. */
    long counted();

    @Override
    void close();
}
