package io.backprocess.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {
    private static final Instant OF_THE_RECORD = Instant.parse("2025-06-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"2025-01-31T08:30:00Z\"|2025-01-31T08:30:00Z",
                "\"2025-01-31T08:30:00.123+02:00\"|2025-01-31T06:30:00.123Z",
                "\"2025-01-31T08:30:00\"|2025-01-31T08:30:00Z",
                "1738312200|2025-01-31T08:30:00Z",
                "1738312200123|2025-01-31T08:30:00.123Z",
                "1738312200123456|2025-01-31T08:30:00.123456Z",
                "1738312200123456789|2025-01-31T08:30:00.123456789Z",
                "1738312200.25|2025-01-31T08:30:00.250Z",
                "1.738312200123E12|2025-01-31T08:30:00.123Z",
            })
    void readsTheEnvelopesTimeInTheFormsThatAreUsual(String json, Instant time) {
        assertThat(time(json)).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "{}",
                "\"\"",
                "\"yesterday\"",
                "\"2025-13-45T00:00:00Z\"",
                "\"+999999999-12-31T23:59:59Z\"",
                "\"0001-01-01T00:00:00Z\"",
                "-5",
                "0",
                "\"1970-01-01T00:00:00Z\"",
                "1e400",
                "1e-2147483647",
                "1e99999999999",
                "1e2147483647",
                "99999999999999999999999999999999999999999999999999999999"
            })
    void takesTheRecordsTimeWhereTheEnvelopeSaysNoneThatCanBe(String json) {
        assertThat(time(json)).contains(OF_THE_RECORD);
    }

    @Test
    void takesTheRecordsTimeOfWhatIsNoEnvelope() {
        assertThat(of("no JSON", OF_THE_RECORD.toEpochMilli())).contains(OF_THE_RECORD);
        assertThat(of(null, OF_THE_RECORD.toEpochMilli())).contains(OF_THE_RECORD);
    }

    @Test
    void hasNoneWhereNothingSaysOne() {
        assertThat(of("no JSON", -1)).isEmpty();
        assertThat(of(null, Long.MAX_VALUE)).isEmpty();
        assertThat(of(null, Long.MIN_VALUE)).isEmpty();
    }

    private static Optional<Instant> time(String json) {
        return of(
                "{\"eventId\":\"e\",\"processVersion\":1,\"eventTimestamp\":%s,\"payload\":{}}".formatted(json),
                OF_THE_RECORD.toEpochMilli());
    }

    private static Optional<Instant> of(@Nullable String value, long timestamp) {
        return Optional.ofNullable(new EventTime(EnvelopeMapping.OWN)
                .of(SourceRecord.of(new ConsumerRecord<>(
                        "t",
                        0,
                        0,
                        timestamp,
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        null,
                        value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                        new RecordHeaders(),
                        Optional.empty()))));
    }
}
