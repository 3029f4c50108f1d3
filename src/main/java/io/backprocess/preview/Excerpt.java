package io.backprocess.preview;

import io.backprocess.event.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The beginning of a text that may be long. */
final class Excerpt {
    /** The longest excerpt of a value in an example. */
    static final int VALUE = 160;
    /** The longest excerpt of a whole record. */
    static final int RECORD = 400;

    private static final int MOST_BYTES_A_CHARACTER = 4;

    private Excerpt() {}

    /** Returns the JSON text as written in its document; null for no value. */
    static @Nullable String of(@Nullable JsonValue value) {
        return value == null ? null : of(value.document(), value.start(), value.end(), VALUE);
    }

    static @Nullable String of(byte @Nullable [] record) {
        return record == null ? null : of(record, 0, record.length, RECORD);
    }

    private static String of(byte[] utf8, int start, int end, int length) {
        int few = Math.min(end - start, (length + 1) * MOST_BYTES_A_CHARACTER);
        return of(new String(utf8, start, few, StandardCharsets.UTF_8), length);
    }

    static String of(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        int end = length - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
