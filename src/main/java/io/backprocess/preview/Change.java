package io.backprocess.preview;

import io.backprocess.batch.Sha256;
import io.backprocess.event.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * One difference between two events.
 *
 * @param before null where there was nothing
 * @param after null where there is nothing any more
 */
record Change(
        Place place,
        Operation operation,
        @Nullable JsonValue before,
        @Nullable JsonValue after) {

    /** What was where and is now, for comparing: long values are told apart by a hash. */
    record Values(@Nullable String before, @Nullable String after, String hash) {}

    Values values() {
        return new Values(Excerpt.of(before), Excerpt.of(after), hash(before) + "," + hash(after));
    }

    private static String hash(@Nullable JsonValue value) {
        return value == null || value.end() - value.start() <= Excerpt.VALUE
                ? ""
                : Sha256.of(value.document(), value.start(), value.end());
    }
}
