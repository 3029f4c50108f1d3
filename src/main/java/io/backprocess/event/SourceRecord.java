package io.backprocess.event;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The content of one offset of the source topic, byte for byte. No code may change the arrays or the headers.
 *
 * <p>The topic is the plan's and therefore not repeated here. Topic, partition and offset together are the record's {@link
 * Origin}.
 */
public final class SourceRecord {
    private final int partition;
    private final long offset;
    private final long timestamp;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final Headers headers;

    /** @param timestamp milliseconds since the epoch, or a negative number where the record has none */
    public SourceRecord(
            int partition,
            long offset,
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers) {
        this.partition = partition;
        this.offset = offset;
        this.timestamp = timestamp;
        this.key = key;
        this.value = value;
        this.headers = headers;
    }

    public static SourceRecord of(ConsumerRecord<byte[], byte[]> record) {
        return new SourceRecord(
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key(),
                record.value(),
                record.headers());
    }

    public int partition() {
        return partition;
    }

    public long offset() {
        return offset;
    }

    /** Returns the timestamp in milliseconds since the epoch. It is negative where the record has none. */
    public long timestamp() {
        return timestamp;
    }

    public byte @Nullable [] key() {
        return key;
    }

    public byte @Nullable [] value() {
        return value;
    }

    public Headers headers() {
        return headers;
    }

    @Override
    public String toString() {
        return "record " + partition + "/" + offset;
    }
}
