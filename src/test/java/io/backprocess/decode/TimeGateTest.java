package io.backprocess.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.ExactTimes;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Outside;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Progress;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeGateTest {
    private static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2025-01-02T00:00:00Z");

    private final Decoder decoder = new Decoder(EnvelopeMapping.OWN, null, null);

    @ParameterizedTest
    @CsvSource({
        "2024-12-31T23:59:59.999Z, false",
        "2025-01-01T00:00:00Z, true",
        "2025-01-01T23:59:59.999Z, true",
        "2025-01-02T00:00:00Z, false"
    })
    void takesFromTheFirstInstantInclusiveUntilTheSecondExclusive(String time, boolean taken) {
        long millis = Instant.parse(time).toEpochMilli();

        Outcome byRecord = pass(ExactTimes.RECORD, millis, envelope("1", "\"1999-01-01T00:00:00Z\""));
        Outcome byEvent = pass(ExactTimes.EVENT, 0, envelope("1", "\"" + time + "\""));

        assertThat(byRecord instanceof Event).isEqualTo(taken);
        assertThat(byEvent instanceof Event).isEqualTo(taken);
        assertThat(byRecord instanceof Outside).isNotEqualTo(taken);
        assertThat(byEvent instanceof Outside).isNotEqualTo(taken);
    }

    @Test
    void countsAnEventOfAnotherVersionOutsideOnce() {
        Outcome outside = pass(ExactTimes.EVENT, 0, envelope("2", "\"2024-01-01T00:00:00Z\""));
        Outcome inside = pass(ExactTimes.EVENT, 0, envelope("2", "\"2025-01-01T12:00:00Z\""));

        assertThat(outside).isEqualTo(new Outside(3));
        assertThat(inside).isEqualTo(new Skipped(3, ProcessVersion.of("2")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "\"yesterday\"", "true", "0", "\"1970-01-01T00:00:00Z\"", "{}", "-5"})
    void deadLettersAnEventWhoseTimeCannotBeReadAndSkipsOneOfAnotherVersion(String time) {
        Outcome wanted = pass(ExactTimes.EVENT, FROM.toEpochMilli(), envelope("1", time));
        Outcome other = pass(ExactTimes.EVENT, FROM.toEpochMilli(), envelope("2", time));

        assertThat(wanted).isInstanceOfSatisfying(DeadLetter.class, letter -> {
            assertThat(letter.reason()).isEqualTo(Reason.INVALID_FIELD);
            assertThat(letter.stage()).isEqualTo(Decoder.STAGE);
            assertThat(letter.message()).contains("eventTimestamp " + time + " is no time");
        });
        assertThat(other).isInstanceOf(Skipped.class);
    }

    @Test
    void judgesWhatCannotBeReadByTheRecordsTimestampWhereThatDecides() {
        Outcome outside = pass(ExactTimes.RECORD, FROM.toEpochMilli() - 1, "no json");
        Outcome inside = pass(ExactTimes.RECORD, FROM.toEpochMilli(), "no json");
        Outcome byEvent = pass(ExactTimes.EVENT, FROM.toEpochMilli() - 1, "no json");

        assertThat(outside).isEqualTo(new Outside(3));
        assertThat(inside).isInstanceOf(DeadLetter.class);
        assertThat(byEvent).isInstanceOf(DeadLetter.class);
    }

    @Test
    void deadLettersAnEventWithoutATimestampWhereThatDecides() {
        Outcome outcome = pass(ExactTimes.RECORD, -1, envelope("1", "\"2025-01-01T12:00:00Z\""));

        assertThat(outcome).isInstanceOfSatisfying(DeadLetter.class, letter -> assertThat(letter.message())
                .contains("the record has no timestamp"));
    }

    @Test
    void takesEverythingOnAnOpenSide() {
        VersionGate openEnd = gate(ExactTimes.RECORD, FROM, null);
        VersionGate openStart = gate(ExactTimes.RECORD, null, UNTIL);
        Outcome late = decoder.decode(record(Long.MAX_VALUE, envelope("1", "1")));
        Outcome early = decoder.decode(record(0, envelope("1", "1")));

        assertThat(openEnd.map(late)).isSameAs(late);
        assertThat(openStart.map(early)).isSameAs(early);
        assertThat(openEnd.map(early)).isInstanceOf(Outside.class);
    }

    @Test
    void handsProgressOn() {
        Outcome progress = new Progress(3, 0, 1, 1);

        assertThat(gate(ExactTimes.EVENT, FROM, UNTIL).map(progress)).isSameAs(progress);
    }

    private Outcome pass(ExactTimes times, long timestamp, String value) {
        return gate(times, FROM, UNTIL).map(decoder.decode(record(timestamp, value)));
    }

    private static VersionGate gate(ExactTimes times, @Nullable Instant from, @Nullable Instant until) {
        return new VersionGate(ProcessVersion.of("1"), new TimeGate(times, from, until), null);
    }

    private static SourceRecord record(long timestamp, String value) {
        return new SourceRecord(3, 7, timestamp, null, value.getBytes(StandardCharsets.UTF_8), new RecordHeaders());
    }

    private static String envelope(String version, String time) {
        return "{\"eventId\":\"e\",\"eventTimestamp\":%s,\"processVersion\":%s,\"payload\":{}}"
                .formatted(time, version);
    }
}
