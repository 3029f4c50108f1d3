package io.backprocess.event;

/** A new event for the result topic: the envelope that the revisions made, and its source event. */
public final class Result implements Publication {
    private final Event source;
    private final byte[] envelope;

    public Result(Event source, byte[] envelope) {
        this.source = source;
        this.envelope = envelope;
    }

    public Event source() {
        return source;
    }

    /** Returns the envelope as UTF-8 JSON. */
    public byte[] envelope() {
        return envelope;
    }
}
