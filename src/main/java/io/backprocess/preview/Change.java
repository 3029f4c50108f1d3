package io.backprocess.preview;

import io.backprocess.batch.Sha256;
import io.backprocess.event.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * One difference between two events.
 *
 * @param place the place of the value
 * @param before the earlier value; null where it did not exist
 * @param after the new value; null where it does not exist any more
 */
record Change(
        ValuePath place,
        Operation operation,
        @Nullable JsonValue before,
        @Nullable JsonValue after) {

    /** The two values for comparison. A hash distinguishes long values. */
    record ComparedValues(@Nullable String before, @Nullable String after, String hash) {}

    ComparedValues values() {
        return new ComparedValues(Excerpt.of(before), Excerpt.of(after), hash(before) + "," + hash(after));
    }

    private static String hash(@Nullable JsonValue value) {
        return value == null || value.end() - value.start() <= Excerpt.VALUE
                ? ""
                : Sha256.of(value.document(), value.start(), value.end());
    }
}
