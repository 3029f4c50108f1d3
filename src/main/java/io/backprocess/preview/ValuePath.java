package io.backprocess.preview;

import io.backprocess.batch.Sha256;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The place of a value in an event.
 *
 * @param path the path, such as {@code payload.items[3].price}; names that are not plain words are quoted, so that a name cannot
 *     be confused with a path
 * @param pattern the path with the same text for all elements of an array: {@code payload.items[].price}
 */
record ValuePath(String path, String pattern) {
    static final ValuePath ENVELOPE = new ValuePath("", "");

    private static final Pattern WORD = Pattern.compile("[\\p{L}_$][\\p{L}\\p{M}\\p{N}_$-]*");
    private static final int LONGEST_NAME = 100;

    /** Returns the place of a pointer into the value. */
    static ValuePath of(JsonPointer pointer) {
        ValuePath place = ENVELOPE;
        for (String step : pointer.path()) {
            place = place.member(step);
        }
        return place;
    }

    ValuePath member(String name) {
        String step = name.length() <= LONGEST_NAME && WORD.matcher(name).matches()
                ? (path.isEmpty() ? "" : ".") + name
                : "[" + quoted(name) + "]";
        return new ValuePath(path + step, pattern + step);
    }

    private static String quoted(String name) {
        String shown = name.length() <= LONGEST_NAME
                ? name
                : "%s#%s".formatted(Excerpt.of(name, LONGEST_NAME), Sha256.shown(Sha256.of(name)));
        return new String(JsonText.quote(shown), StandardCharsets.UTF_8);
    }

    ValuePath element(int index) {
        return new ValuePath(path + "[" + index + "]", pattern + "[]");
    }
}
