package io.backprocess.event;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The encoded value that an event was read from, and that its results are written into.
 *
 * @param encoded the value of the source record
 * @param origins where members that revisions have renamed were in that value, by where they are now
 * @param version the version of the result that revisions have made; null where they have made none yet
 */
record Base(
        EncodedValue encoded,
        Map<JsonPointer, JsonPointer> origins,
        ValueFormat format,
        @Nullable ProcessVersion version) {

    /** Returns the base of an event that no revision has changed. */
    static Base of(EncodedValue encoded, ValueFormat format) {
        return new Base(encoded, Map.of(), format, null);
    }

    /**
     * Returns the base of a result.
     *
     * @param renamed the names before, by the new names
     * @param parent the steps to the object that has the members
     * @param of the version of the result
     */
    Base renamed(Map<String, String> renamed, JsonPointer parent, ProcessVersion of) {
        if (renamed.isEmpty()) {
            return new Base(encoded, origins, format, of);
        }
        Map<JsonPointer, JsonPointer> moved = new HashMap<>(origins);
        Map<JsonPointer, JsonPointer> now = new HashMap<>();
        renamed.forEach((name, before) -> {
            JsonPointer from = parent.with(before);
            JsonPointer first = moved.remove(from);
            now.put(parent.with(name), first == null ? from : first);
        });
        moved.putAll(now);
        return new Base(encoded, moved, format, of);
    }

    /** Encodes a result. */
    byte[] encode(byte[] json) throws UnfitException {
        return format.write(encoded, json, origins);
    }

    Headers headers(Headers ofResult) throws UnfitException {
        return format.headers(encoded, ofResult);
    }
}
