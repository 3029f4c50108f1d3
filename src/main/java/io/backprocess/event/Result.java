package io.backprocess.event;

import io.backprocess.format.UnfitException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A new event for the result topic: the envelope that the revisions made, and its source event. */
public final class Result implements Publication {
    private final Event source;
    private final byte[] envelope;
    private final @Nullable Headers headers;
    private final byte @Nullable [] key;
    /** The source's value, which this one is written into; null where it is the envelope itself. */
    private final @Nullable Base base;

    private final byte @Nullable [] value;

    /** Creates a result with the headers of its source. */
    public Result(Event source, byte[] envelope) {
        this(source, envelope, null);
    }

    /** @param headers null for the headers of the source */
    public Result(Event source, byte[] envelope, @Nullable Headers headers) {
        this(source, envelope, headers, null, source.base(), null);
    }

    /**
     * @param headers null for the headers of the source
     * @param key null for the key of the source
     * @param base what the value is written into; null where it is the envelope itself
     * @param value the value that has been written; null where it is the envelope itself, or is not written yet
     */
    Result(
            Event source,
            byte[] envelope,
            @Nullable Headers headers,
            byte @Nullable [] key,
            @Nullable Base base,
            byte @Nullable [] value) {
        this.source = source;
        this.envelope = envelope;
        this.headers = headers;
        this.key = key;
        this.base = base;
        this.value = value;
    }

    /** Returns this result under another key. */
    public Result withKey(byte[] other) {
        return new Result(source, envelope, headers, other, base, value);
    }

    /**
     * Returns this result with its value in the format of its source. Every byte that does not belong to a changed part is that of
     * the source, as far as its type is the same in the schema of results.
     *
     * @throws UnfitException when the schema does not take a part of the envelope
     */
    public Result encoded() throws UnfitException {
        if (base == null) {
            return this;
        }
        Headers before = headers();
        Headers after = base.headers(before);
        return new Result(source, envelope, after == before ? headers : after, key, base, base.encode(envelope));
    }

    public Event source() {
        return source;
    }

    /** Returns the envelope as UTF-8 JSON. */
    public byte[] envelope() {
        return envelope;
    }

    /**
     * Returns the value that is written to Kafka.
     *
     * @throws IllegalStateException when it must be encoded first
     */
    public byte[] value() {
        if (value == null && base != null) {
            throw new IllegalStateException("a result that is not encoded");
        }
        return value == null ? envelope : value;
    }

    /** Returns the value where it is not the envelope itself; null where it is, or is not written yet. */
    byte @Nullable [] encodedValue() {
        return value;
    }

    @Nullable
    Base base() {
        return base;
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

    /** Returns the result as a record at the origin of its source. Before it is encoded, its value is the envelope. */
    public SourceRecord record() {
        SourceRecord record = source.record();
        return new SourceRecord(
                record.partition(),
                record.offset(),
                record.timestamp(),
                key(),
                value == null ? envelope : value,
                headers());
    }
}
