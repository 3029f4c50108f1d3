package io.backprocess.verify;

import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.event.Origin;
import io.backprocess.event.Reason;
import io.backprocess.publish.ResultSerializer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** The two topics that a batch writes. */
public enum Output {
    RESULTS(
            "result",
            FindingKind.MISSING_RESULT,
            FindingKind.UNEXPECTED_RESULT,
            FindingKind.ALTERED_RESULT,
            FindingKind.OUT_OF_ORDER_RESULT),
    DEAD_LETTERS(
            "dead letter",
            FindingKind.MISSING_DEAD_LETTER,
            FindingKind.UNEXPECTED_DEAD_LETTER,
            FindingKind.ALTERED_DEAD_LETTER,
            FindingKind.OUT_OF_ORDER_DEAD_LETTER);

    final String word;
    final FindingKind missing;
    final FindingKind unexpected;
    final FindingKind altered;
    final FindingKind outOfOrder;

    Output(String word, FindingKind missing, FindingKind unexpected, FindingKind altered, FindingKind outOfOrder) {
        this.word = word;
        this.missing = missing;
        this.unexpected = unexpected;
        this.altered = altered;
        this.outOfOrder = outOfOrder;
    }

    /**
     * Returns the origin that the record's headers state; null if they state none. The original record may have such headers too,
     * so the last header counts.
     */
    public @Nullable Origin origin(Headers headers) {
        try {
            if (this == RESULTS) {
                String source = DeadLetterHeaders.text(headers, ResultSerializer.SOURCE);
                return source == null ? null : Origin.parse(source);
            }
            String topic = DeadLetterHeaders.text(headers, DeadLetterHeaders.TOPIC);
            String partition = DeadLetterHeaders.text(headers, DeadLetterHeaders.PARTITION);
            String offset = DeadLetterHeaders.text(headers, DeadLetterHeaders.OFFSET);
            return topic == null || partition == null || offset == null
                    ? null
                    : new Origin(topic, Integer.parseInt(partition), Long.parseLong(offset));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Returns the offset in a partition of the source that the record's headers state; {@link OriginSearch#UNORDERED} if they state
     * none, or one elsewhere.
     */
    public long sourceOffset(Headers headers, String topic, int partition) {
        Origin origin = origin(headers);
        boolean isThere = origin != null && origin.topic().equals(topic) && origin.partition() == partition;
        return isThere && origin != null ? origin.offset() : OriginSearch.UNORDERED;
    }

    /** Tells whether a dead letter states that this step rejected the record. */
    static boolean isOfStage(Headers headers, String stage) {
        return stage.equals(DeadLetterHeaders.text(headers, DeadLetterHeaders.STAGE));
    }

    /**
     * Tells whether a recount must give the same header. A stack trace can differ, because it shows lines and threads. The
     * message of an unexpected exception can differ, because the JVM words it, and omits it after some thousand times. The
     * details of a service that did not answer can differ each time.
     */
    public boolean isReproducible(Header header, Headers all) {
        if (this == RESULTS || !header.key().startsWith(DeadLetterHeaders.PREFIX)) {
            return true;
        }
        return switch (header.key()) {
            case DeadLetterHeaders.STACKTRACE -> false;
            case DeadLetterHeaders.MESSAGE -> !isOf(Reason.UNEXPECTED, all) && !isOf(Reason.RETRIES_EXHAUSTED, all);
            case DeadLetterHeaders.EXCEPTION, DeadLetterHeaders.ATTEMPTS -> !isOf(Reason.RETRIES_EXHAUSTED, all);
            default -> true;
        };
    }

    private static boolean isOf(Reason reason, Headers all) {
        return reason.toString().equals(DeadLetterHeaders.text(all, DeadLetterHeaders.REASON));
    }
}
