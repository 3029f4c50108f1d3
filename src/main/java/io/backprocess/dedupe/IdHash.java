package io.backprocess.dedupe;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.backprocess.event.Event;
import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The hashes by which the dedupe state remembers an event: one of its eventId and one of its content. Two spellings of an eventId
 * that differ only in escapes are the same id. Payloads are compared by their bytes, and attributes by their values, so that two
 * events that differ in their type alone are not copies of each other.
 */
final class IdHash {
    private final Hasher128 ids;
    private final Hasher64 payloads;
    private long high;
    private long low;

    IdHash(long seed) {
        ids = Hashing.xxh3_128(seed);
        payloads = Hashing.xxh3_64(seed);
    }

    void compute(Event event) {
        JsonValue eventId = event.eventIdValue();
        HashValue128 id;
        if (eventId.isEscaped()) {
            byte[] text = event.eventIdBytes();
            id = ids.hashBytesTo128Bits(text, 0, text.length);
        } else {
            id = ids.hashBytesTo128Bits(eventId.document(), eventId.start() + 1, eventId.end() - eventId.start() - 2);
        }
        JsonObject payload = event.payload();
        long content = payloads.hashBytesToLong(payload.document(), payload.start(), payload.end() - payload.start());
        if (event.hasAttributes()) {
            for (String attribute : event.attributes()) {
                content = combined(content, event.attributeValue(attribute));
            }
        }
        // 0 marks an empty slot of the table.
        high = id.getMostSignificantBits() == 0 ? 1 : id.getMostSignificantBits();
        low = (id.getLeastSignificantBits() & ~0xFFFF_FFFFL) | (content >>> 32);
    }

    private long combined(long content, @Nullable JsonValue attribute) {
        long hash = attribute == null
                ? 0
                : payloads.hashBytesToLong(
                        attribute.document(), attribute.start(), attribute.end() - attribute.start());
        return (content * 31 + hash) * 0x9E3779B97F4A7C15L;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }
}
