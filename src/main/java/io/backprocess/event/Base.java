package io.backprocess.event;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/**
 * The encoded value that an event was read from, and that its results are written into.
 *
 * @param encoded the value of the source record
 * @param origins where members that revisions have renamed were in that value, by where they are now
 */
record Base(EncodedValue encoded, Map<JsonPointer, JsonPointer> origins, ValueFormat format) {

    /** Returns the base of an event that no revision has changed. */
    static Base of(EncodedValue encoded, ValueFormat format) {
        return new Base(encoded, Map.of(), format);
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
        return new Base(encoded, moved, format);
    }

    /** Encodes a result. */
    byte[] encode(byte[] json) throws UnfitException {
        return format.write(encoded, json, origins);
    }

    Headers headers(Headers ofResult) throws UnfitException {
        return format.headers(encoded, ofResult);
    }
}
