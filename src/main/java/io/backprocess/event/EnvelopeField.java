package io.backprocess.event;

/** The five parts of an envelope, by the names that they have in Backprocess's own. Everything else is kept and not read. */
public enum EnvelopeField {
    EVENT_ID("eventId"),
    CORRELATION_ID("correlationId"),
    EVENT_TIMESTAMP("eventTimestamp"),
    PROCESS_VERSION("processVersion"),
    PAYLOAD("payload");

    private final String name;

    EnvelopeField(String name) {
        this.name = name;
    }

    /** Returns the field of a name. */
    public static EnvelopeField named(String name) {
        for (EnvelopeField field : values()) {
            if (field.name.equals(name)) {
                return field;
            }
        }
        throw new IllegalArgumentException("an envelope has no " + name);
    }

    @Override
    public String toString() {
        return name;
    }
}
