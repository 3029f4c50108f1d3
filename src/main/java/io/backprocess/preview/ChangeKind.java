package io.backprocess.preview;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events that change in the same way: in the same fields, or into the same number of results.
 *
 * @param from the number of events or results before
 * @param to the number of results now
 * @param fields the changed fields and their operations; empty where {@code from} and {@code to} differ
 */
public record ChangeKind(int from, int to, List<Field> fields, long count, List<Example> examples) {

    /**
     * @param path the field's path, with {@code []} for any element of an array
     * @param different the number of different pairs of values, counted up to 10 000
     * @param values the pairs, where they are few; otherwise empty
     */
    public record Field(String path, Operation operation, int different, List<ValuePair> values) {}

    /**
     * @param before the earlier value as JSON text, cut to a readable length; null where it did not exist
     * @param after the new value in the same form; null where it does not exist any more
     */
    public record ValuePair(
            @Nullable String before, @Nullable String after, long count) {}

    /**
     * Returns the title: {@code payload.actionType changed, payload.price removed}, {@code 1 → 2 results}, {@code 1 → no result}.
     */
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
