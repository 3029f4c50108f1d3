package io.backprocess.kafka;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How large a record can be as Kafka measures it. The producer measures before compression and the broker after it, by codec:
 * what one codec made small, another may not. So the size that counts is the one before, with what a codec adds to what it
 * cannot compress.
 */
public final class RecordSize {
    /** Of a batch, its one record, and the few short headers that a step adds. */
    private static final long OVERHEAD = 1024;

    private static final int HEADER_OVERHEAD = 10;

    private RecordSize() {}

    /** What a Kafka batch of this one record takes at most. */
    public static long atMost(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long size = OVERHEAD + length(key) + length(value);
        for (Header header : headers) {
            size += of(header);
        }
        return size + size / 128;
    }

    /** The same of one header. */
    public static long of(Header header) {
        return 3L * header.key().length() + length(header.value()) + HEADER_OVERHEAD;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
