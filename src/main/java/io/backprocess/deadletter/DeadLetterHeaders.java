package io.backprocess.deadletter;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.LetterFamily;
import io.backprocess.event.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The context of a dead letter, beside the original's own headers. All values are UTF-8 text, in the style of Connect's
 * {@code __connect.errors.*} and Kafka Streams' {@code __streams.errors.*}.
 */
public final class DeadLetterHeaders {
    public static final String PREFIX = LetterFamily.OWN;
    public static final String TOPIC = PREFIX + "topic";
    public static final String PARTITION = PREFIX + "partition";
    public static final String OFFSET = PREFIX + "offset";
    public static final String TIMESTAMP = PREFIX + "timestamp";
    public static final String STAGE = PREFIX + "stage";
    public static final String REASON = PREFIX + "reason";
    public static final String EXCEPTION = PREFIX + "exception";
    public static final String MESSAGE = PREFIX + "message";
    public static final String STACKTRACE = PREFIX + "stacktrace";
    public static final String ATTEMPTS = PREFIX + "attempts";
    public static final String BATCH_ID = PREFIX + "batch-id";
    public static final String EVENT_ID = PREFIX + "event-id";
    public static final String REVISION = PREFIX + "revision";
    /** The header that marks a dead letter {@link ByReference}. The headers below describe what such a letter leaves out. */
    public static final String VALUE_SIZE = PREFIX + "value-size";

    public static final String VALUE_SHA256 = PREFIX + "value-sha256";
    public static final String KEY_SHA256 = PREFIX + "key-sha256";
    public static final String HEADERS_DROPPED = PREFIX + "headers-dropped";
    public static final String HEADERS_SHA256 = PREFIX + "headers-sha256";

    static final int MAX_MESSAGE_BYTES = 1024;
    /**
     * The longest class name in a header, in bytes. A class name can have 64 KiB, but longer names than this do not occur in
     * practice.
     */
    private static final int MAX_EXCEPTION_BYTES = 4096;

    static final int MAX_STACKTRACE_BYTES = 4096;

    private DeadLetterHeaders() {}

    /** Returns the original's headers without those of an earlier failure, followed by those of this failure. */
    static Headers of(DeadLetter letter, String topic, String batchId, String revision) {
        SourceRecord record = letter.record();
        RecordHeaders headers = original(record.headers());
        add(headers, TOPIC, topic);
        add(headers, PARTITION, String.valueOf(record.partition()));
        add(headers, OFFSET, String.valueOf(record.offset()));
        add(headers, TIMESTAMP, String.valueOf(record.timestamp()));
        add(headers, STAGE, letter.stage());
        add(headers, REASON, letter.reason().toString());
        add(headers, EXCEPTION, letter.exception(), MAX_EXCEPTION_BYTES);
        add(headers, MESSAGE, letter.message(), MAX_MESSAGE_BYTES);
        add(headers, STACKTRACE, letter.stackTrace(), MAX_STACKTRACE_BYTES);
        add(headers, ATTEMPTS, String.valueOf(letter.attempts()));
        add(headers, BATCH_ID, batchId);
        add(headers, EVENT_ID, letter.eventId(), MAX_MESSAGE_BYTES);
        add(headers, REVISION, revision);
        return headers;
    }

    /** Returns the headers without the context of a dead letter. */
    public static RecordHeaders original(Headers headers) {
        RecordHeaders original = new RecordHeaders();
        for (Header header : headers) {
            if (!header.key().startsWith(PREFIX)) {
                original.add(header);
            }
        }
        return original;
    }

    /** Returns the text of the last header of that name; null where there is none, or its value is null. */
    public static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static void add(Headers headers, String name, @Nullable String text) {
        add(headers, name, text, Integer.MAX_VALUE);
    }

    private static void add(Headers headers, String name, @Nullable String text, int maxBytes) {
        if (text != null) {
            headers.add(name, truncate(text.getBytes(StandardCharsets.UTF_8), maxBytes));
        }
    }

    /** Cuts UTF-8 text between two characters. */
    private static byte[] truncate(byte[] utf8, int maxBytes) {
        if (utf8.length <= maxBytes) {
            return utf8;
        }
        int length = maxBytes;
        while (length > 0 && (utf8[length] & 0xC0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(utf8, length);
    }
}
