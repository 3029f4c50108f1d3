package io.backprocess.json;

import java.util.ArrayList;
import java.util.List;

/**
 * A JSON Pointer (RFC 6901) below the payload, such as {@code /device/os} or {@code /items/0/price}. Each step after a slash is a
 * member's name or an array index. In a name, {@code ~1} stands for a slash and {@code ~0} for a tilde.
 */
public record JsonPointer(String text, List<String> path) {
    /** The step that denotes the place after an array's last element. */
    public static final String END = "-";
    /** The result of {@link #index} for a step that is not an array index. */
    public static final int NOWHERE = -1;

    /**
     * Parses a pointer.
     *
     * @throws IllegalArgumentException when the text is not a pointer, or is the empty pointer
     */
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

    /** Returns the pointer of these steps, which are not escaped. */
    public static JsonPointer ofSteps(List<String> path) {
        StringBuilder text = new StringBuilder();
        path.forEach(step -> text.append('/').append(step.replace("~", "~0").replace("/", "~1")));
        return new JsonPointer(text.toString(), List.copyOf(path));
    }

    /** Returns the pointer to a member of what this one points to. */
    public JsonPointer with(String name) {
        List<String> steps = new ArrayList<>(path);
        steps.add(name);
        return ofSteps(steps);
    }

    /**
     * Returns the array index that a step names: digits without a leading zero. It returns {@link #NOWHERE} for any other step.
     */
    public static int index(String step) {
        boolean digits = !step.isEmpty() && step.length() < 10 && step.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && (step.length() == 1 || step.charAt(0) != '0') ? Integer.parseInt(step) : NOWHERE;
    }

    /** Returns the first {@code depth} steps as text, for error messages. */
    public String upTo(int depth) {
        return "/" + String.join("/", path.subList(0, depth));
    }
}
