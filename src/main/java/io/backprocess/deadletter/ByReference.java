package io.backprocess.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.batch.Sha256;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.RecordSize;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The form of a dead letter whose original may not fit into its topic: the whole context, but no value. The value stays at its
 * origin, which the context names, and its size and SHA-256 identify it. The SHA-256 of a key replaces a key of more than
 * {@value #MAX_KEY_BYTES} bytes. Of the original's headers the largest are left out, each as a whole, until the rest has at most
 * {@value #MAX_HEADER_BYTES} bytes. Their number and SHA-256 are kept.
 *
 * <p>The form depends on the letter alone and not on a configured limit, so that {@code verify} computes the same form from the
 * source record.
 */
public final class ByReference {
    static final int MAX_KEY_BYTES = 64 * 1024;
    static final int MAX_HEADER_BYTES = 128 * 1024;
    /** The size that stands for a value that is null. */
    private static final long NO_VALUE = -1;

    private ByReference() {}

    /** Tells whether a dead letter has this form. A null value alone does not tell, since it may be a tombstone. */
    public static boolean is(Headers headers) {
        return headers.lastHeader(DeadLetterHeaders.VALUE_SIZE) != null;
    }

    /** Returns the letter in this form. */
    public static ProducerRecord<byte[], byte[]> of(ProducerRecord<byte[], byte[]> letter) {
        return new ProducerRecord<>(
                letter.topic(),
                letter.partition(),
                letter.timestamp(),
                key(letter.key()),
                null,
                headers(letter.key(), letter.value(), letter.headers()));
    }

    /** Returns the key in this form; null where it is too long. */
    public static byte @Nullable [] key(byte @Nullable [] key) {
        return isLong(key) ? null : key;
    }

    private static boolean isLong(byte @Nullable [] key) {
        return key != null && key.length > MAX_KEY_BYTES;
    }

    /**
     * Returns the headers in this form: the kept headers of the original, the context, and the description of what is left out.
     *
     * @param headers the headers of the original, and the context
     */
    public static Headers headers(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        List<Header> own = new ArrayList<>();
        List<Header> context = new ArrayList<>();
        for (Header header : headers) {
            (header.key().startsWith(DeadLetterHeaders.PREFIX) ? context : own).add(header);
        }
        boolean[] dropped = dropped(own);
        RecordHeaders all = new RecordHeaders();
        MessageDigest hash = Sha256.digest();
        int count = 0;
        for (int i = 0; i < dropped.length; i++) {
            if (dropped[i]) {
                count++;
                update(hash, own.get(i));
            } else {
                all.add(own.get(i));
            }
        }
        context.forEach(all::add);
        add(all, DeadLetterHeaders.VALUE_SIZE, String.valueOf(value == null ? NO_VALUE : value.length));
        if (value != null) {
            add(all, DeadLetterHeaders.VALUE_SHA256, Sha256.of(value, 0, value.length));
        }
        if (key != null && isLong(key)) {
            add(all, DeadLetterHeaders.KEY_SHA256, Sha256.of(key, 0, key.length));
        }
        if (count > 0) {
            add(all, DeadLetterHeaders.HEADERS_DROPPED, String.valueOf(count));
            add(all, DeadLetterHeaders.HEADERS_SHA256, hex(hash.digest()));
        }
        return all;
    }

    /** Tells whether the record is the original of a letter in this form. */
    static boolean standsFor(StoredDeadLetter letter, SourceRecord record) {
        Headers wanted = headers(record.key(), record.value(), DeadLetterHeaders.original(record.headers()));
        return letter.record().timestamp() == record.timestamp()
                && Arrays.equals(letter.record().key(), key(record.key()))
                && DeadLetterHeaders.original(wanted).equals(letter.record().headers())
                && Reference.read(wanted).equals(Optional.ofNullable(letter.reference()));
    }

    private static boolean[] dropped(List<Header> headers) {
        long size = headers.stream().mapToLong(RecordSize::of).sum();
        boolean[] dropped = new boolean[headers.size()];
        if (size <= MAX_HEADER_BYTES) {
            return dropped;
        }
        List<Integer> largestFirst = IntStream.range(0, headers.size())
                .boxed()
                .sorted(Comparator.comparingLong((Integer i) -> -RecordSize.of(headers.get(i))))
                .toList();
        for (int i : largestFirst) {
            if (size <= MAX_HEADER_BYTES) {
                break;
            }
            dropped[i] = true;
            size -= RecordSize.of(headers.get(i));
        }
        return dropped;
    }

    private static void update(MessageDigest hash, Header header) {
        byte[] name = header.key().getBytes(UTF_8);
        byte[] value = header.value();
        hash.update(ByteBuffer.allocate(8)
                .putInt(name.length)
                .putInt(value == null ? -1 : value.length)
                .flip());
        hash.update(name);
        if (value != null) {
            hash.update(value);
        }
    }

    private static void add(Headers headers, String name, String text) {
        headers.add(name, text.getBytes(UTF_8));
    }

    private static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
