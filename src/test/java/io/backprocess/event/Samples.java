package io.backprocess.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Records and events for tests, in few words. */
public final class Samples {
    private static final long NOON = 1_700_000_000_000L;

    private Samples() {}

    /** An envelope of version 1 with an empty payload. */
    public static String envelope(String eventId) {
        return envelope(eventId, "1", "{}");
    }

    public static String envelope(String eventId, String version, String payload) {
        return "{\"eventId\":\"%s\",\"correlationId\":\"live\",\"eventTimestamp\":\"2025-11-14T12:00:00Z\",\"processVersion\":%s,\"payload\":%s}"
                .formatted(eventId, version, payload);
    }

    public static SourceRecord recordAt(int partition, long offset, @Nullable String value) {
        byte[] key = ("key-" + partition).getBytes(UTF_8);
        byte[] bytes = value == null ? null : value.getBytes(UTF_8);
        return new SourceRecord(partition, offset, NOON + offset, key, bytes, new RecordHeaders());
    }

    public static Event eventAt(int partition, long offset, String envelope) {
        return eventOf(recordAt(partition, offset, envelope));
    }

    public static Event event(String envelope) {
        return eventAt(0, 0, envelope);
    }

    /** The values of results. */
    public static List<byte[]> envelopes(List<Result> results) {
        return results.stream().map(Result::envelope).toList();
    }

    /** The event in a record that is known to hold one. */
    public static Event eventOf(SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            throw new AssertionError("a tombstone is no event");
        }
        try {
            return new EventReader().read(record, value);
        } catch (UnreadableException e) {
            throw new AssertionError("no event: " + new String(value, UTF_8), e);
        }
    }
}
