package io.backprocess.preview;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event that has changed.
 *
 * @param origin {@code topic/partition/offset}
 * @param results what is different in each of its results, the first few; one where two results were compared
 * @param moreResults beside these
 */
public record Example(String origin, String eventId, List<Diff> results, int moreResults) {
    private static final int RESULTS = 5;
    private static final int LINES = 20;

    /** @param more changes beside these; where there are very many, not all were counted */
    public record Diff(List<Line> lines, int more) {}

    /**
     * @param before JSON text, cut to a readable length; null where there was nothing
     * @param after likewise
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
