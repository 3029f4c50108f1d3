package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.json.JsonText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record whose value is an envelope {@code {eventId, correlationId, eventTimestamp, processVersion, payload}}.
 *
 * <p>An event is read-only. A revision looks at it, and describes what shall be different with {@link #edit}; whatever the
 * edit does not touch comes out byte for byte as it went in.
 *
 * <pre>{@code
 * BigDecimal amount = event.payload().number("amount");            // 99.990 stays 99.990; null where it is no number
 * JsonValue city = event.payload().at("/address/city");            // null where there is none
 * results.emit(event.edit().set("cents", amount.movePointRight(2)).setAt("/address/country", "PT"));
 * }</pre>
 */
public final class Event implements Outcome {
    private final SourceRecord record;
    private final ScannedObject envelope;
    private final ScannedObject payload;
    private final int[] fields;

    Event(SourceRecord record, ScannedObject envelope, ScannedObject payload, int[] fields) {
        this.record = record;
        this.envelope = envelope;
        this.payload = payload;
        this.fields = fields;
    }

    /** The identity of the event: no two different events of a history share it. Never empty. */
    public String eventId() {
        String eventId = eventIdValue().text();
        if (eventId == null) {
            throw new IllegalStateException("an envelope without an eventId");
        }
        return eventId;
    }

    /** The eventId as UTF-8: equal for equal eventIds, however they are escaped. */
    public byte[] eventIdBytes() {
        return JsonText.encode(eventId());
    }

    /** The eventId where it stands. */
    public JsonValue eventIdValue() {
        return envelope.value(member(EnvelopeField.EVENT_ID));
    }

    /** The batch or process that wrote the event; null where the envelope does not say, or not in text. */
    public @Nullable String correlationId() {
        JsonValue value = field(EnvelopeField.CORRELATION_ID);
        return value == null ? null : value.text();
    }

    /** When it happened, in whatever form the envelope says it; null where it does not. */
    public @Nullable JsonValue eventTimestamp() {
        return field(EnvelopeField.EVENT_TIMESTAMP);
    }

    /** When it happened, where the envelope says it in the form of {@link JsonValue#instant}; null where it does not. */
    public @Nullable Instant eventTime() {
        JsonValue value = eventTimestamp();
        return value == null ? null : value.instant();
    }

    public ProcessVersion processVersion() {
        return ProcessVersion.of(envelope.value(member(EnvelopeField.PROCESS_VERSION)));
    }

    ScannedObject scannedPayload() {
        return payload;
    }

    ScannedObject scannedEnvelope() {
        return envelope;
    }

    /** What the event is about. */
    public JsonObject payload() {
        return payload;
    }

    /** The whole envelope, with fields beside the five where there are any. */
    public JsonObject envelope() {
        return envelope;
    }

    /** The source record: its key, timestamp, headers and place. */
    public SourceRecord record() {
        return record;
    }

    @Override
    public int partition() {
        return record.partition();
    }

    /** A fresh description of what shall be different; the event itself stays as it is. */
    public Edit edit() {
        return new Edit(this);
    }

    int member(EnvelopeField field) {
        return fields[field.index()];
    }

    private @Nullable JsonValue field(EnvelopeField field) {
        int member = fields[field.index()];
        return member == ABSENT ? null : envelope.value(member);
    }

    @Override
    public String toString() {
        return "event " + eventId() + " at " + record.partition() + "/" + record.offset();
    }
}
