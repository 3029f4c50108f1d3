package io.backprocess.verify;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.backprocess.deadletter.ByReference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Compares records by key, value, timestamp, and headers in their order. A dead letter can be stored whole or by reference,
 * depending on the limits when it was written. Both forms have the digest of the form by reference, which has hashes of the parts
 * it leaves out.
 */
public final class Content {
    private Content() {}

    public static boolean same(
            Output output, ProducerRecord<byte[], byte[]> expected, ConsumerRecord<byte[], byte[]> actual) {
        return expected.timestamp() == actual.timestamp()
                && Arrays.equals(expected.value(), actual.value())
                && Arrays.equals(expected.key(), actual.key())
                && same(output, expected.headers(), actual.headers());
    }

    private static boolean same(Output output, Headers expected, Headers actual) {
        Iterator<Header> left = expected.iterator();
        Iterator<Header> right = actual.iterator();
        while (true) {
            Header one = next(output, left, expected);
            Header other = next(output, right, actual);
            if (one == null || other == null) {
                return one == other;
            }
            if (!one.key().equals(other.key()) || !Arrays.equals(one.value(), other.value())) {
                return false;
            }
        }
    }

    private static @Nullable Header next(Output output, Iterator<Header> headers, Headers all) {
        while (headers.hasNext()) {
            Header header = headers.next();
            if (output.isReproducible(header, all)) {
                return header;
            }
        }
        return null;
    }

    public static long digest(Output output, ProducerRecord<byte[], byte[]> record) {
        return digest(output, record.key(), record.value(), record.timestamp(), record.headers());
    }

    public static long digest(Output output, ConsumerRecord<byte[], byte[]> record) {
        return digest(output, record.key(), record.value(), record.timestamp(), record.headers());
    }

    private static long digest(
            Output output, byte @Nullable [] key, byte @Nullable [] value, long timestamp, Headers headers) {
        if (output == Output.DEAD_LETTERS && !ByReference.is(headers)) {
            return hash(output, ByReference.key(key), null, timestamp, ByReference.headers(key, value, headers));
        }
        return hash(output, key, value, timestamp, headers);
    }

    private static long hash(
            Output output, byte @Nullable [] key, byte @Nullable [] value, long timestamp, Headers headers) {
        HashStream64 hash = Hashing.xxh3_64().hashStream();
        hash.putLong(timestamp);
        put(hash, key);
        put(hash, value);
        Headers now = output == Output.DEAD_LETTERS ? FormerTooLarge.read(headers) : headers;
        for (Header header : now) {
            if (output.isReproducible(header, now)) {
                put(hash, header.key().getBytes(StandardCharsets.UTF_8));
                put(hash, header.value());
            }
        }
        return hash.getAsLong();
    }

    private static void put(HashStream64 hash, byte @Nullable [] bytes) {
        hash.putBoolean(bytes == null);
        hash.putByteArray(bytes == null ? new byte[0] : bytes);
    }
}
