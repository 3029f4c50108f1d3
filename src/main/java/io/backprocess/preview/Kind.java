package io.backprocess.preview;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events that have changed in the same way: the same fields, or into the same number of results.
 *
 * @param from how many events or results there were
 * @param to how many results there are now
 * @param fields what has happened to which; none where {@code from} and {@code to} differ
 */
public record Kind(int from, int to, List<Field> fields, long count, List<Example> examples) {

    /**
     * @param path with {@code []} for any element of an array
     * @param different how many different pairs of values there are; beyond 10 000 they are not counted
     * @param values the pairs, where they are few
     */
    public record Field(String path, Operation operation, int different, List<Values> values) {}

    /**
     * @param before JSON text, cut to a readable length; null where there was nothing
     * @param after likewise
     */
    public record Values(@Nullable String before, @Nullable String after, long count) {}

    /** {@code payload.actionType changed, payload.price removed}, {@code 1 → 2 results}, {@code 1 → no result}. */
    public String title() {
        if (from != to) {
            return "%d → %s".formatted(from, to == 0 ? "no result" : to == 1 ? "1 result" : to + " results");
        }
        return String.join(
                ", ",
                fields.stream()
                        .map(field -> (field.path().isEmpty() ? "result" : field.path()) + " " + field.operation())
                        .toList());
    }
}
