package io.backprocess.ledger;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventAt;
import static io.backprocess.event.Samples.recordAt;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.LogEvents;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Reason;
import io.backprocess.testing.LogLines;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class EventLogTest {
    private final LogLines log = new LogLines(EventLog.class);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void saysWhoWhereAndWhyInTheOrderOfTheContract() {
        of(LogEvents.ERRORS).dead(letter(7, Reason.REJECTED, "Invalid amount: -999"));

        JsonNode line = only();
        assertThat(line.fieldNames())
                .toIterable()
                .startsWith("Timestamp", "Level", "CorrelationId", "EventId", "Message");
        assertThat(line.path("Level").asText()).isEqualTo("Error");
        assertThat(line.path("CorrelationId").asText()).isEqualTo("batch-1");
        assertThat(line.path("EventId").asText()).isEqualTo("e-7");
        assertThat(line.path("Message").asText()).isEqualTo("Sent to DLQ. Reason: Invalid amount: -999.");
        assertThat(line.path("Reason").asText()).isEqualTo("rejected");
        assertThat(line.path("Topic").asText()).isEqualTo("orders");
        assertThat(line.path("Partition").asText()).isEqualTo("3");
        assertThat(line.path("Offset").asText()).isEqualTo("7");
    }

    /** Whatever stands in a record must not make two lines of one, nor another field. */
    @Test
    void staysOneLineWhateverTheRecordSays() {
        of(LogEvents.ERRORS).dead(letter(7, Reason.REJECTED, "no\n{\"Level\":\"Info\"}\u001b[31m\" \u0000日本 {}"));

        assertThat(only().path("Message").asText())
                .isEqualTo("Sent to DLQ. Reason: no\n{\"Level\":\"Info\"}\u001b[31m\" \u0000日本 {}.");
    }

    @Test
    void saysHowManyItHeldBack() {
        EventLog events = of(LogEvents.ERRORS);

        IntStream.range(0, EventLog.LINES + 5).forEach(offset -> events.dead(letter(offset, Reason.REJECTED, "no")));
        events.dead(letter(99, Reason.TOMBSTONE, "no value"));
        events.checkpoint();
        events.checkpoint();
        events.dead(letter(100, Reason.REJECTED, "no"));

        List<JsonNode> lines = log.parsed();
        assertThat(lines).hasSize(EventLog.LINES + 2);
        JsonNode heldBack = lines.get(EventLog.LINES);
        assertThat(heldBack.path("Message").asText())
                .isEqualTo("Sent to DLQ: 6 more since the last checkpoint (rejected 5, tombstone 1).");
        assertThat(heldBack.path("Level").asText()).isEqualTo("Error");
        assertThat(heldBack.path("CorrelationId").asText()).isEqualTo("batch-1");
        assertThat(lines.get(EventLog.LINES + 1).path("Offset").asText()).isEqualTo("100");
    }

    @Test
    void logsSuccessOnlyWhenAsked() {
        assertThat(of(LogEvents.ERRORS).logsSuccess()).isFalse();
        assertThat(of(LogEvents.NONE).logsSuccess()).isFalse();
        EventLog all = of(LogEvents.ALL);
        assertThat(all.logsSuccess()).isTrue();

        all.processed(eventAt(3, 7, envelope("e-7")));
        IntStream.range(0, EventLog.LINES + 5).forEach(offset -> all.dead(letter(offset, Reason.REJECTED, "no")));

        List<JsonNode> lines = log.parsed();
        assertThat(lines).as("nothing is held back").hasSize(EventLog.LINES + 6);
        assertThat(lines.get(0).path("Message").asText()).isEqualTo("Successfully processed.");
        assertThat(lines.get(0).path("Level").asText()).isEqualTo("Info");
        assertThat(lines.get(0).path("EventId").asText()).isEqualTo("e-7");
    }

    @Test
    void saysNothingWhenNothingIsWanted() {
        EventLog none = of(LogEvents.NONE);

        none.dead(letter(7, Reason.REJECTED, "no"));
        none.checkpoint();

        assertThat(log.parsed()).isEmpty();
    }

    /** A payload may be secret. Only the revision's own words are logged, and they are cut. */
    @Test
    void logsNoPayload() {
        of(LogEvents.ALL).processed(eventAt(3, 7, envelope("e-7")));
        of(LogEvents.ALL).dead(letter(8, Reason.REJECTED, "x".repeat(5000)));

        for (JsonNode line : log.parsed()) {
            assertThat(line.toString()).doesNotContain("payload").hasSizeLessThan(1000);
        }
    }

    @Test
    void leavesTheThreadsOwnContextAsItWas() {
        MDC.setContextMap(Map.of("flink-job-id", "7f"));
        try {
            of(LogEvents.ERRORS).dead(letter(7, Reason.REJECTED, "no"));

            assertThat(only().path("JobId").asText()).isEqualTo("7f");
            assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("flink-job-id");
        } finally {
            MDC.clear();
        }
    }

    private static EventLog of(LogEvents wanted) {
        return new EventLog("batch-1", "orders", wanted);
    }

    private static DeadLetter letter(long offset, Reason reason, String message) {
        return new DeadLetter(
                recordAt(3, offset, envelope("e-" + offset)), "revise", reason, message, null, null, 1, "e-" + offset);
    }

    private JsonNode only() {
        assertThat(log.parsed()).hasSize(1);
        return log.parsed().get(0);
    }
}
