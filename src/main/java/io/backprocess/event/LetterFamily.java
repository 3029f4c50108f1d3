package io.backprocess.event;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of one framework: the headers in which they say where the record failed first, how often, when and why.
 *
 * <p>All frameworks but Backprocess add the headers of a further failure behind those of the first. So the first header of a name
 * is that of the first failure, and the last that of the newest. Kafka 4.4.0 copies no headers into the letters of a share group,
 * so these know their newest failure only.
 */
public enum LetterFamily {
    /** Spring for Apache Kafka: {@code DeadLetterPublishingRecoverer}, and {@code @RetryableTopic} with other names. */
    SPRING(
            List.of(
                    "kafka_dlt-",
                    "kafka_original-",
                    "kafka_exception-",
                    "kafka_key-exception-",
                    "kafka_deliveryAttempt",
                    "retry_topic-",
                    "springDeserializerException"),
            List.of("kafka_dlt-original-", "kafka_original-"),
            List.of(
                    "kafka_dlt-exception-cause-fqcn",
                    "kafka_dlt-exception-fqcn",
                    "kafka_dlt-exception-message",
                    "kafka_dlt-key-exception-fqcn",
                    "kafka_dlt-key-exception-message",
                    "kafka_exception-cause-fqcn",
                    "kafka_exception-fqcn",
                    "kafka_exception-message",
                    "kafka_key-exception-fqcn",
                    "kafka_key-exception-message")),
    /** Kafka Connect, with {@code errors.deadletterqueue.context.headers.enable}. */
    CONNECT(
            List.of("__connect.errors."),
            List.of("__connect.errors."),
            List.of("__connect.errors.exception.class.name", "__connect.errors.exception.message")),
    /** Kafka Streams from 4.2 on, with {@code errors.dead.letter.queue.topic.name}. */
    STREAMS(
            List.of("__streams.errors."),
            List.of("__streams.errors."),
            List.of("__streams.errors.exception", "__streams.errors.message")),
    /** Share groups, from Kafka 4.4 on: the broker writes the letters, with {@code errors.deadletterqueue.topic.name}. */
    SHARE(List.of("__dlq.errors."), List.of("__dlq.errors."), List.of("__dlq.errors.message")),
    /** Backprocess itself. */
    BACKPROCESS(
            List.of(LetterFamily.OWN),
            List.of(LetterFamily.OWN),
            List.of(LetterFamily.OWN + "reason", LetterFamily.OWN + "exception", LetterFamily.OWN + "message"));

    /** The beginning of the names of all headers that describe why a record is a dead letter of Backprocess. */
    public static final String OWN = "__backprocess.errors.";

    /** The header of a result that names the record that failed first: {@code orders/3/1234567}. */
    public static final String FIRST_SOURCE = "backprocess.first-source";
    /** The header of a result that says how often its record had failed before. */
    public static final String ATTEMPTS = "backprocess.attempts";

    private static final String NOT_COPIED =
            "the broker has not copied the record into its dead letter. The value is where the headers __dlq.errors.topic, .partition"
                    + " and .offset say. Set errors.deadletterqueue.copy.record.enable=true for the share group, and later letters have"
                    + " their values";

    private static final String BY_REFERENCE =
            "the dead letter is stored by reference, so its value is not here: redrive its batch instead";

    private static final List<LetterFamily> ALL = List.of(values());

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> context;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> origins;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> failures;

    /**
     * @param context the beginnings of the names of all headers that the framework adds
     * @param origins the beginnings of the names of the headers with topic, partition and offset
     * @param failures the headers whose texts say why a record failed
     */
    LetterFamily(List<String> context, List<String> origins, List<String> failures) {
        this.context = context;
        this.origins = origins;
        this.failures = failures;
    }

    /**
     * The failures of a record, as its dead letter describes them.
     *
     * @param firstSource the record that failed first, as {@code topic/partition/offset}; null where the letter does not say it
     * @param attempts how often the record has failed at least; 0 where the letter does not say that it is one
     * @param failure the texts of the newest failure: classes and messages
     * @param failedAt when the record failed last, or else the timestamp of the letter
     */
    public record Letter(@Nullable String firstSource, int attempts, String failure, Instant failedAt) {
        /** Adds the headers that keep the first failure beyond this one. */
        public void writeTo(Headers headers) {
            headers.remove(FIRST_SOURCE);
            headers.remove(LetterFamily.ATTEMPTS);
            if (firstSource != null) {
                headers.add(FIRST_SOURCE, firstSource.getBytes(StandardCharsets.UTF_8));
            }
            if (attempts > 0) {
                headers.add(LetterFamily.ATTEMPTS, String.valueOf(attempts).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** Tells whether any framework adds headers of this name to dead letters. */
    public static boolean isContext(String name) {
        return ALL.stream().flatMap(family -> family.context.stream()).anyMatch(name::startsWith);
    }

    /** Tells whether results say in this header what was known of earlier failures, so that a newer result says it anew. */
    public static boolean isHistory(String name) {
        return name.equals(FIRST_SOURCE) || name.equals(ATTEMPTS);
    }

    /** Reads what a dead letter says. A record of another framework, or without such headers, says nothing. */
    public Letter read(SourceRecord record) {
        Headers headers = record.headers();
        String first = RecordText.header(headers, FIRST_SOURCE);
        return new Letter(
                first == null ? firstSource(headers) : first,
                earlier(headers) + attempts(headers),
                failure(headers),
                failedAt(record));
    }

    /**
     * Says where the value of a letter is; null where the letter has it, or stands for a tombstone. Backprocess stores large
     * records by reference. A broker copies key and value only for a share group that asks for it; the copy of a tombstone still
     * has its key.
     */
    public @Nullable String whereTheValueIs(SourceRecord record) {
        if (record.value() != null) {
            return null;
        }
        if (record.headers().lastHeader(OWN + "value-size") != null) {
            return BY_REFERENCE;
        }
        return isNotCopied(record) && this == SHARE ? NOT_COPIED : null;
    }

    /** Tells whether a record is the letter of a share group, and the broker has not copied the record into it. */
    public static boolean isNotCopied(SourceRecord record) {
        return record.key() == null
                && record.value() == null
                && record.headers().lastHeader("__dlq.errors.topic") != null;
    }

    private @Nullable String firstSource(Headers headers) {
        for (String prefix : origins) {
            String topic = text(first(headers, prefix + "topic"));
            Long partition = number(first(headers, prefix + "partition"));
            Long offset = number(first(headers, prefix + "offset"));
            if (topic != null && partition != null && offset != null && partition >= 0 && offset >= 0) {
                return topic + "/" + partition + "/" + offset;
            }
        }
        return null;
    }

    /** Returns how often the record had failed before it was replayed by an earlier batch. */
    private static int earlier(Headers headers) {
        Long before = number(headers.lastHeader(ATTEMPTS));
        return before == null ? 0 : count(before);
    }

    private int attempts(Headers headers) {
        return switch (this) {
            case SPRING -> attemptsOfSpring(headers);
            case CONNECT -> occurrences(headers, "__connect.errors.topic");
            case STREAMS -> occurrences(headers, "__streams.errors.exception");
            case SHARE -> Math.max(occurrences(headers, "__dlq.errors.topic"), deliveries(headers));
            case BACKPROCESS -> {
                Long attempts = number(headers.lastHeader(OWN + "attempts"));
                yield attempts == null ? 0 : count(attempts);
            }
        };
    }

    /** Returns how often consumers have got the record. The broker counts anew for each letter. */
    private static int deliveries(Headers headers) {
        return count(stream(headers, "__dlq.errors.delivery.count")
                .map(LetterFamily::number)
                .mapToLong(count -> count == null ? 0 : count(count))
                .sum());
    }

    private static int attemptsOfSpring(Headers headers) {
        // The header of a retry topic counts the attempt that comes next.
        Long next = number(headers.lastHeader("retry_topic-attempts"));
        Long delivery = number(headers.lastHeader("kafka_deliveryAttempt"));
        int told = Math.max(next == null ? 0 : count(next - 1), delivery == null ? 0 : count(delivery));
        return Math.max(
                told,
                Math.max(
                        occurrences(headers, "kafka_dlt-original-topic"),
                        occurrences(headers, "kafka_original-topic")));
    }

    private String failure(Headers headers) {
        StringBuilder all = new StringBuilder();
        for (String name : failures) {
            String text = lenient(headers.lastHeader(name));
            if (text != null) {
                all.append(all.length() == 0 ? "" : "\n").append(text);
            }
        }
        return all.toString();
    }

    private Instant failedAt(SourceRecord record) {
        // In a topic of dead letters, the pause before the next attempt is over when it begins.
        Long due = this == SPRING ? number(record.headers().lastHeader("retry_topic-backoff-timestamp")) : null;
        return Instant.ofEpochMilli(due == null ? record.timestamp() : due);
    }

    private static int count(long number) {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE / 2, number));
    }

    private static int occurrences(Headers headers, String name) {
        return (int) stream(headers, name).count();
    }

    private static @Nullable Header first(Headers headers, String name) {
        return stream(headers, name).findFirst().orElse(null);
    }

    private static Stream<Header> stream(Headers headers, String name) {
        return StreamSupport.stream(headers.headers(name).spliterator(), false);
    }

    /** Returns a text of which single bytes may not be UTF-8, as messages of exceptions can be. */
    private static @Nullable String lenient(@Nullable Header header) {
        byte[] value = header == null ? null : header.value();
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private static @Nullable String text(@Nullable Header header) {
        byte[] value = header == null ? null : header.value();
        return value == null ? null : RecordText.text(value);
    }

    /** Returns a number: decimal digits, or the bytes of an int, a long or a BigInteger, the highest first. */
    private static @Nullable Long number(@Nullable Header header) {
        byte[] value = header == null ? null : header.value();
        if (value == null || value.length == 0 || value.length > 20) {
            return null;
        }
        if (isDecimal(value)) {
            try {
                return Long.parseLong(new String(value, StandardCharsets.US_ASCII));
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return switch (value.length) {
            case Integer.BYTES -> (long) ByteBuffer.wrap(value).getInt();
            case Long.BYTES -> ByteBuffer.wrap(value).getLong();
            default -> value.length > Long.BYTES ? null : new BigInteger(value).longValue();
        };
    }

    private static boolean isDecimal(byte[] value) {
        int from = value[0] == '-' && value.length > 1 ? 1 : 0;
        for (int i = from; i < value.length; i++) {
            if (value[i] < '0' || value[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /** Returns the word that the command line uses. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
