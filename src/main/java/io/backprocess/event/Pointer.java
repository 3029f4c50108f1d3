package io.backprocess.event;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Pointer (RFC 6901) below the payload, such as {@code /device/os} or {@code /items/0/price}: names of members and
 * places in arrays, each after a slash; {@code ~1} is a slash in a name, {@code ~0} a tilde.
 */
public record Pointer(String text, List<String> path) {
    /** The place behind an array's last element. */
    static final String END = "-";
    /** What no array is as long as. */
    static final int NOWHERE = -1;

    /** @throws IllegalArgumentException when it is no pointer, or the empty one */
    public static Pointer of(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException(
                    "'%s' is no JSON Pointer: start each step with a slash, as in /device/os".formatted(text));
        }
        List<String> path = new ArrayList<>();
        for (int at = 0; at >= 0; ) {
            int next = text.indexOf('/', at + 1);
            String step = text.substring(at + 1, next < 0 ? text.length() : next);
            path.add(step.replace("~1", "/").replace("~0", "~"));
            at = next;
        }
        return new Pointer(text, path);
    }

    /** The value that it points to; null where there is none. */
    public @Nullable JsonValue find(JsonObject from) {
        JsonValue value = from.get(path.get(0));
        for (int depth = 1; depth < path.size() && value != null; depth++) {
            value = step(value, path.get(depth));
        }
        return value;
    }

    private static @Nullable JsonValue step(JsonValue value, String step) {
        JsonObject object = value.object();
        if (object != null) {
            return object.get(step);
        }
        List<JsonValue> elements = value.elements();
        int index = index(step);
        return elements == null || index == NOWHERE || index >= elements.size() ? null : elements.get(index);
    }

    /** The place in an array that a step names: digits without a leading zero. */
    static int index(String step) {
        boolean digits = !step.isEmpty() && step.length() < 10 && step.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && (step.length() == 1 || step.charAt(0) != '0') ? Integer.parseInt(step) : NOWHERE;
    }

    /** The first steps of it, for error messages. */
    String upTo(int depth) {
        return "/" + String.join("/", path.subList(0, depth));
    }
}
