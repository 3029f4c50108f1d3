package io.backprocess.json;

import java.util.ArrayList;
import java.util.List;

/**
 * A JSON Pointer (RFC 6901) below the payload, such as {@code /device/os} or {@code /items/0/price}: names of members and
 * places in arrays, each after a slash; {@code ~1} is a slash in a name, {@code ~0} a tilde.
 */
public record JsonPointer(String text, List<String> path) {
    /** The place behind an array's last element. */
    public static final String END = "-";
    /** What no array is as long as. */
    public static final int NOWHERE = -1;

    /** @throws IllegalArgumentException when it is no pointer, or the empty one */
    public static JsonPointer of(String text) {
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
        return new JsonPointer(text, path);
    }

    /** The place in an array that a step names: digits without a leading zero. */
    public static int index(String step) {
        boolean digits = !step.isEmpty() && step.length() < 10 && step.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && (step.length() == 1 || step.charAt(0) != '0') ? Integer.parseInt(step) : NOWHERE;
    }

    /** The first steps of it, for error messages. */
    public String upTo(int depth) {
        return "/" + String.join("/", path.subList(0, depth));
    }
}
