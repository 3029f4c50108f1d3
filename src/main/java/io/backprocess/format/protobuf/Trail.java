package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The place in the JSON where a walk is, kept for error messages. */
final class Trail {
    private static final int MAX_SHOWN = 60;

    private @Nullable String[] names = new @Nullable String[16];
    private int[] indexes = new int[16];
    private int depth;

    void push(String name) {
        grow();
        names[depth++] = name;
    }

    void push(int index) {
        grow();
        names[depth] = null;
        indexes[depth++] = index;
    }

    void pop() {
        depth--;
    }

    private void grow() {
        if (depth == names.length) {
            names = Arrays.copyOf(names, 2 * depth);
            indexes = Arrays.copyOf(indexes, 2 * depth);
        }
    }

    UnfitException unfit(String message) {
        String[] steps = new String[depth];
        for (int i = 0; i < depth; i++) {
            String name = names[i];
            steps[i] = name == null ? Integer.toString(indexes[i]) : name;
        }
        String place = JsonPointer.ofSteps(List.of(steps)).text();
        return new UnfitException((place.isEmpty() ? "/" : shortenMiddle(place)) + ": " + message);
    }

    private static String shortenMiddle(String place) {
        return place.length() <= 2 * MAX_SHOWN
                ? place
                : place.substring(0, MAX_SHOWN) + "…" + place.substring(place.length() - MAX_SHOWN);
    }

    /** Returns the beginning of a text, for error messages. */
    static String shorten(String text) {
        if (text.length() <= MAX_SHOWN) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
        return text.substring(0, end) + "…";
    }
}
