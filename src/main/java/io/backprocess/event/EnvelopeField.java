package io.backprocess.event;

import org.jspecify.annotations.Nullable;

/** The five fields of an envelope. Any other field of the envelope is kept and not read. */
public enum EnvelopeField {
    EVENT_ID("eventId"),
    CORRELATION_ID("correlationId"),
    EVENT_TIMESTAMP("eventTimestamp"),
    PROCESS_VERSION("processVersion"),
    PAYLOAD("payload");

    static final int COUNT = 5;
    private static final EnvelopeField[] ALL = values();

    private final String name;

    EnvelopeField(String name) {
        this.name = name;
    }

    /** Returns the field's index in an array of {@link #COUNT} elements. */
    @SuppressWarnings("EnumOrdinal") // never leaves the process
    int index() {
        return ordinal();
    }

    static @Nullable EnvelopeField of(ScannedObject envelope, int member) {
        for (EnvelopeField field : ALL) {
            if (envelope.isNamed(member, field.name)) {
                return field;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return name;
    }
}
