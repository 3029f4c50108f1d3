package io.backprocess.event;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.HashMap;
import java.util.Map;

/**
 * The encoded value that an event was read from, and that its results are written into.
 *
 * @param encoded the value of the source record
 * @param origins where members that revisions have renamed were in that value, by where they are now
 */
record Base(EncodedValue encoded, Map<JsonPointer, JsonPointer> origins) {

    /** Returns the base of an event that no revision has changed. */
    static Base of(EncodedValue encoded) {
        return new Base(encoded, Map.of());
    }

    /**
     * Returns the base of a result.
     *
     * @param renamed the names before, by the new names
     * @param parent the steps to the object that has the members
     */
    Base renamed(Map<String, String> renamed, JsonPointer parent) {
        if (renamed.isEmpty()) {
            return this;
        }
        Map<JsonPointer, JsonPointer> moved = new HashMap<>(origins);
        Map<JsonPointer, JsonPointer> now = new HashMap<>();
        renamed.forEach((name, before) -> {
            JsonPointer from = parent.with(before);
            JsonPointer first = moved.remove(from);
            now.put(parent.with(name), first == null ? from : first);
        });
        moved.putAll(now);
        return new Base(encoded, moved);
    }

    /** Encodes a result, with the frame of the source. */
    byte[] encode(byte[] json) throws UnfitException {
        byte[] encodedResult = encoded.codec().write(encoded, json, origins);
        byte[] value = new byte[encoded.from() + encodedResult.length];
        System.arraycopy(encoded.value(), 0, value, 0, encoded.from());
        System.arraycopy(encodedResult, 0, value, encoded.from(), encodedResult.length);
        return value;
    }
}
