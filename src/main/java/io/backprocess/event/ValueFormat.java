package io.backprocess.event;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.MemberIndex;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Reads values that are not plain JSON, and writes those of results. Threads may share one. */
public interface ValueFormat extends Serializable {
    /**
     * Reads a value as JSON.
     *
     * @param record the record of the value, whose headers may name its schema
     * @param members an empty index, which gets the positions in the JSON, if they are known without a walk over it
     * @throws UnreadableException when its schema is not known, or it is not a value of its schema
     */
    EncodedValue read(SourceRecord record, byte[] value, MemberIndex members) throws UnreadableException;

    /** Returns the value of a record as JSON; null where it has none, or cannot be read. */
    default byte @Nullable [] json(SourceRecord record) {
        byte[] value = record.value();
        try {
            return value == null
                    ? null
                    : read(record, value, MemberIndex.flat()).json();
        } catch (UnreadableException e) {
            return null;
        }
    }

    /**
     * Writes the value of a result.
     *
     * @param base the value of its source
     * @param json the result as JSON
     * @param origins where parts that have moved were in the base, by where they are now
     * @throws UnfitException when the schema of results does not take a part of the JSON
     */
    byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins) throws UnfitException;

    /** Returns the headers of a result: the same ones, or others where headers name the schema of its value. */
    Headers headers(EncodedValue base, Headers headers) throws UnfitException;

    /** Returns this format, which also knows the versions that schemas have in these subjects of the schema registry. */
    ValueFormat knowingVersions(Set<String> subjects);

    /**
     * Returns the version that the schema of a value has in a subject; null where it is none of its versions.
     *
     * @throws UnreadableException when the record names no schema
     */
    @Nullable
    Integer schemaVersion(String subject, SourceRecord record) throws UnreadableException;
}
