package io.backprocess.event;

import static io.backprocess.event.ScannedObject.ABSENT;

import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.MemberIndex;
import java.util.Arrays;
import java.util.Map;

/** Reads envelopes. One walk over the bytes notes the position of each field. One reader serves one thread. */
public final class EventReader {
    private final String subject;
    private final JsonScanner scanner = new JsonScanner();
    private final MemberIndex payloadIndex = MemberIndex.flat();
    private final MemberIndex envelopeIndex = MemberIndex.withChild("payload", payloadIndex);

    public EventReader() {
        this("userId");
    }

    /** Returns the limits by name. A value that exceeds one of them is not an envelope. */
    public static Map<String, Long> limits() {
        return Map.of(
                "json.depth", (long) JsonScanner.MAX_DEPTH,
                "json.number-digits", (long) JsonScanner.MAX_NUMBER_LENGTH,
                "json.name-bytes", (long) JsonScanner.MAX_NAME_LENGTH);
    }

    /** @param subject the member in which flat events, which have no envelope, name their subject */
    public EventReader(String subject) {
        this.subject = subject;
    }

    /**
     * Reads one envelope.
     *
     * @param record the record that the envelope came from
     * @param json the envelope: the record's value, or the envelope that a revision made from it
     * @throws UnreadableException when the bytes are not an envelope
     */
    public Event read(SourceRecord record, byte[] json) throws UnreadableException {
        try {
            return read(record, walk(json));
        } catch (JsonSyntaxException e) {
            throw new UnreadableException(new MalformedJsonException(e));
        }
    }

    /**
     * Returns the positions of the envelope's opening brace and after its closing brace. The first is {@link
     * ScannedObject#ABSENT} for any other value.
     */
    private int[] walk(byte[] json) throws JsonSyntaxException {
        scanner.reset(json, json.length);
        envelopeIndex.reset(json);
        int start = scanner.start(0);
        boolean object = start < json.length && json[start] == '{';
        int end = object ? scanner.object(start, envelopeIndex) : scanner.value(start);
        scanner.finish(end);
        return new int[] {object ? start : ABSENT, end};
    }

    private Event read(SourceRecord record, int[] span) throws UnreadableException {
        if (span[0] == ABSENT) {
            throw notAnEnvelope("the value is no JSON object");
        }
        ScannedObject envelope = new ScannedObject(envelopeIndex, span[0], span[1]);
        int[] fields = new int[EnvelopeField.COUNT];
        Arrays.fill(fields, ABSENT);
        for (int member = 0; member < envelope.size(); member++) {
            EnvelopeField field = EnvelopeField.of(envelope, member);
            if (field != null) {
                if (fields[field.index()] != ABSENT) {
                    throw notAnEnvelope(field + " is given twice");
                }
                fields[field.index()] = member;
            }
        }
        check(envelope, fields);
        int payload = fields[EnvelopeField.PAYLOAD.index()];
        return new Event(
                record,
                envelope,
                new ScannedObject(payloadIndex, envelope.valueStart(payload), envelope.valueEnd(payload)),
                fields);
    }

    private void check(ScannedObject envelope, int[] fields) throws UnreadableException {
        int eventId = fields[EnvelopeField.EVENT_ID.index()];
        if (eventId == ABSENT) {
            throw notAnEnvelope("eventId is missing");
        }
        if (!envelope.value(eventId).isText() || envelope.valueEnd(eventId) - envelope.valueStart(eventId) == 2) {
            throw notAnEnvelope("eventId is no text, or empty");
        }
        int payload = fields[EnvelopeField.PAYLOAD.index()];
        if (payload == ABSENT && FlatEvent.isOne(envelope, subject)) {
            throw new UnreadableException(
                    Reason.MISSING_CONTEXT, "a flat legacy event: it has no payload that says what it was about");
        }
        int version = fields[EnvelopeField.PROCESS_VERSION.index()];
        if (version == ABSENT || !envelope.value(version).isNumber()) {
            throw notAnEnvelope("processVersion is missing, or no number");
        }
        if (payload == ABSENT || !envelope.value(payload).isObject()) {
            throw notAnEnvelope("payload is missing, or no object");
        }
    }

    private static UnreadableException notAnEnvelope(String message) {
        return new UnreadableException(Reason.NOT_AN_ENVELOPE, message);
    }
}
