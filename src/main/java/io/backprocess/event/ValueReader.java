package io.backprocess.event;

import io.backprocess.format.EncodedValue;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Reads values that are not plain JSON. Threads may share one. */
public interface ValueReader extends Serializable {
    /**
     * Reads a value as JSON.
     *
     * @param record the record of the value, whose headers may name its schema
     * @throws UnreadableException when its schema is not known, or it is not a value of its schema
     */
    EncodedValue read(SourceRecord record, byte[] value) throws UnreadableException;

    /** Returns the value of a record as JSON; null where it has none, or cannot be read. */
    default byte @Nullable [] json(SourceRecord record) {
        byte[] value = record.value();
        try {
            return value == null ? null : read(record, value).json();
        } catch (UnreadableException e) {
            return null;
        }
    }
}
