package io.backprocess.preview;

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
    record Values(@Nullable String before, @Nullable String after, int hash) {}

    Values values() {
        return new Values(Excerpt.of(before), Excerpt.of(after), 31 * hash(before) + hash(after));
    }

    private static int hash(@Nullable JsonValue value) {
        if (value == null || value.end() - value.start() <= Excerpt.VALUE) {
            return 0;
        }
        int hash = 1;
        for (int i = value.start(); i < value.end(); i++) {
            hash = 31 * hash + value.document()[i];
        }
        return hash;
    }
}
