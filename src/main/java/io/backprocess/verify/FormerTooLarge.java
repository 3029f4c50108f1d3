package io.backprocess.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.event.Reason;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Converts dead letters of batches before 0.1.0. An event with too many bytes of results was then a dead letter of reason
 * {@code unexpected}.
 */
public final class FormerTooLarge {
    private static final String THREW = "the revision threw java.lang.IllegalStateException: more than ";
    private static final String BYTES = " bytes of results of one event";
    private static final String NOW = "more than 64 MiB of results of one event";

    private FormerTooLarge() {}

    /** Returns the headers that such a letter has now; the headers of any other letter are returned unchanged. */
    public static Headers read(Headers headers) {
        String message = DeadLetterHeaders.text(headers, DeadLetterHeaders.MESSAGE);
        if (message == null
                || !message.startsWith(THREW)
                || !message.endsWith(BYTES)
                || !Reason.UNEXPECTED.toString().equals(DeadLetterHeaders.text(headers, DeadLetterHeaders.REASON))) {
            return headers;
        }
        RecordHeaders now = new RecordHeaders();
        for (Header header : headers) {
            switch (header.key()) {
                case DeadLetterHeaders.EXCEPTION, DeadLetterHeaders.STACKTRACE -> {}
                case DeadLetterHeaders.REASON ->
                    now.add(header.key(), Reason.TOO_LARGE.toString().getBytes(UTF_8));
                case DeadLetterHeaders.MESSAGE -> now.add(header.key(), NOW.getBytes(UTF_8));
                default -> now.add(header);
            }
        }
        return now;
    }
}
