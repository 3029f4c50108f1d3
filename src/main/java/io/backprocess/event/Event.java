package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.json.JsonText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record whose value is an envelope {@code {eventId, correlationId, eventTimestamp, processVersion, payload}}.
 *
 * <p>An event is read-only. A revision reads it and describes its changes with {@link #edit}. Everything that the edit does not
 * touch is written byte for byte as it was read.
 *
 * <pre>{@code
 * BigDecimal amount = event.payload().number("amount");            // 99.990 stays 99.990; null where it is not a number
 * JsonValue city = event.payload().at("/address/city");            // null where it does not exist
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

    /** Returns the identity of the event. No two different events of a history share it. It is never empty. */
    public String eventId() {
        String eventId = eventIdValue().text();
        if (eventId == null) {
            throw new IllegalStateException("an envelope without an eventId");
        }
        return eventId;
    }

    /** Returns the eventId as UTF-8. The bytes are equal for equal eventIds, however they are escaped. */
    public byte[] eventIdBytes() {
        return JsonText.encode(eventId());
    }

    /** Returns the eventId as a value at its place in the envelope. */
    public JsonValue eventIdValue() {
        return envelope.value(member(EnvelopeField.EVENT_ID));
    }

    /** Returns the batch or process that wrote the event; null where the envelope has no correlationId or it is not text. */
    public @Nullable String correlationId() {
        JsonValue value = field(EnvelopeField.CORRELATION_ID);
        return value == null ? null : value.text();
    }

    /** Returns the time of the event as the envelope writes it, in any form; null where the envelope has none. */
    public @Nullable JsonValue eventTimestamp() {
        return field(EnvelopeField.EVENT_TIMESTAMP);
    }

    /** Returns the time of the event; null where the envelope has none in the form of {@link JsonValue#instant}. */
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

    /** Returns the payload, which describes the subject of the event. */
    public JsonObject payload() {
        return payload;
    }

    /** Returns the whole envelope, including any fields beside the five. */
    public JsonObject envelope() {
        return envelope;
    }

    /** Returns the source record: its key, timestamp, headers and place. */
    public SourceRecord record() {
        return record;
    }

    @Override
    public int partition() {
        return record.partition();
    }

    /** Returns a new, empty edit. The event itself stays unchanged. */
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
