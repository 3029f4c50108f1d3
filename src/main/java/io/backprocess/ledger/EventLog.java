package io.backprocess.ledger;

import io.backprocess.batch.LogContext;
import io.backprocess.batch.LogEvents;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.SourceRecord;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Logs the outcome of events: {@code Sent to DLQ. Reason: Invalid amount: -999}. A line contains the eventId and the origin of
 * the record and the message of its dead letter, but nothing else of the record.
 *
 * <p>A source with many bad records must not fill the disk. Between two checkpoints a subtask logs {@value #LINES} dead letters,
 * and then the number of further ones. Records that are read again after a failure are logged again.
 */
final class EventLog {
    static final int LINES = 20;
    private static final int MAX_REASON_CHARACTERS = 300;
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final String batchId;
    private final String topic;
    private final LogEvents wanted;
    private final Map<String, Long> heldBack = new TreeMap<>();
    private int lines;

    EventLog(String batchId, String topic, LogEvents wanted) {
        this.batchId = batchId;
        this.topic = topic;
        this.wanted = wanted;
    }

    boolean logsSuccess() {
        return wanted == LogEvents.ALL;
    }

    void processed(Event event) {
        line(event.eventId(), event.record(), null, () -> LOG.info("Successfully processed."));
    }

    void dead(DeadLetter letter) {
        String reason = letter.reason().toString();
        if (wanted == LogEvents.NONE) {
            return;
        }
        if (wanted == LogEvents.ERRORS && lines >= LINES) {
            heldBack.merge(reason, 1L, Long::sum);
            return;
        }
        lines++;
        String words = letter.message();
        String shortened =
                words.length() > MAX_REASON_CHARACTERS ? words.substring(0, MAX_REASON_CHARACTERS) + "…" : words;
        line(letter.eventId(), letter.record(), reason, () -> LOG.error("Sent to DLQ. Reason: {}.", shortened));
    }

    /** Logs the number of dead letters that got no line, in one line. */
    void checkpoint() {
        lines = 0;
        if (heldBack.isEmpty()) {
            return;
        }
        long total = heldBack.values().stream().mapToLong(Long::longValue).sum();
        String reasons = heldBack.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        heldBack.clear();
        line(null, null, null, () -> LOG.error("Sent to DLQ: {} more since the last checkpoint ({}).", total, reasons));
    }

    /** Logs a line with its context in the MDC, which the JSON layout writes as fields. */
    private void line(@Nullable String eventId, @Nullable SourceRecord record, @Nullable String reason, Runnable log) {
        Map<String, String> outer = MDC.getCopyOfContextMap();
        MDC.put(LogContext.CORRELATION_ID, batchId);
        if (eventId != null) {
            MDC.put("EventId", eventId);
        }
        if (record != null) {
            MDC.put("Topic", topic);
            MDC.put("Partition", String.valueOf(record.partition()));
            MDC.put("Offset", String.valueOf(record.offset()));
        }
        if (reason != null) {
            MDC.put("Reason", reason);
        }
        try {
            log.run();
        } finally {
            if (outer == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(outer);
            }
        }
    }
}
