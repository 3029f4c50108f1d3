package io.backprocess.event;

import io.backprocess.format.EncodedValue;
import io.backprocess.json.MemberIndex;
import java.io.Serializable;

/** Reads values that are not plain JSON. Threads may share one. */
public interface ValueReader extends Serializable {
    /**
     * Reads a value as JSON.
     *
     * @param record the record of the value, whose headers may name its schema
     * @param members an empty index, which gets the positions in the JSON, if they are known without a walk over it
     * @throws UnreadableException when its schema is not known, or it is not a value of its schema
     */
    EncodedValue read(SourceRecord record, byte[] value, MemberIndex members) throws UnreadableException;
}
