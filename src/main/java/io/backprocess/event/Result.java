package io.backprocess.event;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A new event for the result topic: the value that the revisions made, and its source event. */
public final class Result implements Publication {
    private final Event source;
    private final byte[] envelope;
    private final @Nullable Headers headers;
    private final byte @Nullable [] key;

    /** Creates a result with the headers of its source. */
    public Result(Event source, byte[] envelope) {
        this(source, envelope, null);
    }

    /** @param headers null for the headers of the source */
    public Result(Event source, byte[] envelope, @Nullable Headers headers) {
        this(source, envelope, headers, null);
    }

    /**
     * @param headers null for the headers of the source
     * @param key null for the key of the source
     */
    Result(Event source, byte[] envelope, @Nullable Headers headers, byte @Nullable [] key) {
        this.source = source;
        this.envelope = envelope;
        this.headers = headers;
        this.key = key;
    }

    /** Returns this result under another key. */
    public Result withKey(byte[] other) {
        return new Result(source, envelope, headers, other);
    }

    public Event source() {
        return source;
    }

    /** Returns the value of the result as UTF-8 JSON. */
    public byte[] envelope() {
        return envelope;
    }

    /** Returns the headers: those of the source, or those that stamps and attributes changed. */
    public Headers headers() {
        return headers == null ? source.record().headers() : headers;
    }

    /** Returns the headers that differ from those of the source; null where none does. */
    @Nullable
    Headers changedHeaders() {
        return headers;
    }

    /** Returns the key: that of the source, or one that the batch gives its results. It may be null. */
    public byte @Nullable [] key() {
        return key == null ? source.record().key() : key;
    }

    /** Returns the key that the batch gives its results; null where they keep the key of their source. */
    byte @Nullable [] ownKey() {
        return key;
    }

    /** Returns the result as a record at the origin of its source. */
    public SourceRecord record() {
        SourceRecord record = source.record();
        return new SourceRecord(record.partition(), record.offset(), record.timestamp(), key(), envelope, headers());
    }
}
