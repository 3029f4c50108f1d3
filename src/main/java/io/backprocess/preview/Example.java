package io.backprocess.preview;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event that the batch would change.
 *
 * @param origin {@code topic/partition/offset}
 * @param results the differences in the first few of its results; a single entry where two results were compared
 * @param moreResults the number of further results
 */
public record Example(String origin, String eventId, List<Diff> results, int moreResults) {
    private static final int RESULTS = 5;
    private static final int LINES = 20;

    /**
     * The differences in one result.
     *
     * @param more the number of further changes; where there are very many, not all were counted
     */
    public record Diff(List<Line> lines, int more) {}

    /**
     * @param before the earlier value as JSON text, cut to a readable length; null where it did not exist
     * @param after the new value in the same form; null where it does not exist any more
     */
    public record Line(
            String path,
            Operation operation,
            @Nullable String before,
            @Nullable String after) {}

    static Example of(String origin, String eventId, List<List<Change>> results) {
        List<Diff> diffs = new ArrayList<>();
        for (List<Change> changes : results.subList(0, Math.min(RESULTS, results.size()))) {
            List<Line> lines = changes.stream()
                    .limit(LINES)
                    .map(change -> new Line(
                            change.place().path(),
                            change.operation(),
                            Excerpt.of(change.before()),
                            Excerpt.of(change.after())))
                    .toList();
            diffs.add(new Diff(lines, changes.size() - lines.size()));
        }
        return new Example(origin, eventId, diffs, results.size() - diffs.size());
    }
}
