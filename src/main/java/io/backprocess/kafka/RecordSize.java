package io.backprocess.kafka;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Computes how large a record can be by Kafka's measure. The producer measures before compression. The broker measures after
 * it, and the result depends on the codec: another codec may compress the same record less. So the size before compression
 * counts, plus what a codec adds to data that it cannot compress.
 */
public final class RecordSize {
    /** The bytes that a batch, its one record, and the few short headers that a step adds take. */
    private static final long OVERHEAD = 1024;

    private static final int HEADER_OVERHEAD = 10;

    private RecordSize() {}

    /** Returns the largest number of bytes that a Kafka batch of this one record can take. */
    public static long atMost(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long size = OVERHEAD + length(key) + length(value);
        for (Header header : headers) {
            size += of(header);
        }
        return size + size / 128;
    }

    /** Returns the largest number of bytes that one header can take. */
    public static long of(Header header) {
        return 3L * header.key().length() + length(header.value()) + HEADER_OVERHEAD;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
