package io.backprocess.format;

import io.backprocess.json.JsonPointer;
import io.backprocess.json.MemberIndex;
import java.util.Map;

/**
 * A schema by which values are encoded. It reads a value as JSON, and writes changed JSON back into the value's bytes. A codec is
 * immutable, and threads may share it.
 */
public interface Codec {
    /**
     * Checks that the bytes are one value of the schema, to the last byte, and returns the value as JSON. Time and memory are
     * bounded by the number of bytes, whatever lengths they claim.
     *
     * @param value the value of a record
     * @param from the first byte that the schema describes; those before it are the frame
     * @return UTF-8 JSON without white space
     * @throws UnfitException when the bytes are not a value of the schema
     */
    byte[] read(byte[] value, int from) throws UnfitException;

    /**
     * Reads a value as {@link #read(byte[], int)} does, and notes where the members of its objects are, if the codec knows that
     * without another walk over the JSON.
     *
     * @param members an empty index; it stays empty where the JSON must still be scanned
     */
    default byte[] read(byte[] value, int from, MemberIndex members) throws UnfitException {
        return read(value, from);
    }

    /**
     * Encodes changed JSON by this schema. Every part whose JSON is the same as in the base keeps its bytes, as far as its type
     * is the same in the base's schema.
     *
     * @param base the value before the change, which may have another schema
     * @param json the changed JSON
     * @param origins where parts that have moved were before: the pointer in the base by the pointer in the changed JSON
     * @param frame the bytes that stand before the encoded value
     * @return the frame and the encoded value
     * @throws UnfitException when the schema does not take a part of the JSON
     */
    byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins, byte[] frame)
            throws UnfitException;
}
