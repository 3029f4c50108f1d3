package io.backprocess.report;

import io.backprocess.event.Skipped;
import io.backprocess.render.PageWords;
import io.backprocess.status.BatchState;
import io.backprocess.status.BatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The batch in numbers, and where each record went. The records read are the sum of the places that they can go to.
 *
 * @param time the time that the batch took so far; null if nothing is committed
 * @param difference the number of records read that are in no place or in two places
 */
record Totals(
        List<Figure> figures,
        String rate,
        String rateOver,
        @Nullable Time time,
        List<Bar> composition,
        List<Figure> places,
        long read,
        long difference,
        @Nullable String versions) {

    record Time(String label, Duration taken, Instant until) {}

    static Totals of(BatchStatus status, Instant planned, @Nullable Instant lastCommit) {
        long read = status.read();
        List<Figure> places = places(status);
        return new Totals(
                figures(status),
                PageWords.rate(status.recordsPerSecond()),
                status.state().equals(BatchState.COMPLETED.toString()) ? "on average" : "in the last minute",
                lastCommit == null
                        ? null
                        : new Time(
                                status.remaining() == 0 ? "time taken" : "time so far",
                                Duration.between(planned, lastCommit).abs(),
                                lastCommit),
                Bar.composition(read, places),
                places.stream()
                        .filter(place -> place.count() > 0 || !place.name().equals("outside"))
                        .toList(),
                read,
                Math.abs(read - places.stream().mapToLong(Figure::count).sum()),
                versions(status.skippedByVersion(), Integer.MAX_VALUE));
    }

    private static List<Figure> figures(BatchStatus status) {
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure("read", "records read", status.read(), null));
        figures.add(new Figure("results", "results written", status.results(), null));
        figures.add(ofRead("deadLetters", "dead letters", status.deadLetters(), status));
        figures.add(ofRead("duplicates", "duplicates", status.duplicates(), status));
        figures.add(ofRead("skipped", "skipped", status.skipped(), status));
        if (status.outside() > 0) {
            figures.add(ofRead("outside", "outside", status.outside(), status));
        }
        return figures;
    }

    private static Figure ofRead(String name, String label, long count, BatchStatus status) {
        return new Figure(
                name, label, count, status.read() == 0 ? null : PageWords.share(count, status.read()) + " of read");
    }

    private static List<Figure> places(BatchStatus status) {
        return List.of(
                place("taken", "taken, and revised", status.taken(), status),
                place("duplicates", "duplicate: taken before", status.duplicates(), status),
                place(
                        "skipped",
                        status.skippedByVersion().containsKey(Skipped.NOT_SELECTED)
                                ? "skipped: another version, or not selected"
                                : "skipped: another version",
                        status.skipped(),
                        status),
                place("outside", "outside: another time", status.outside(), status),
                place("deadLetters", "dead letter: kept with its reason", status.deadLetters(), status));
    }

    private static Figure place(String name, String label, long count, BatchStatus status) {
        return new Figure(name, label, count, PageWords.share(count, status.read()));
    }

    /** Returns a sentence about the versions that were skipped, or the first few of them; null if none were. */
    static @Nullable String versions(Map<String, Long> skipped, int most) {
        return skipped.isEmpty()
                ? null
                : skipped.entrySet().stream()
                        .limit(most)
                        .map(version -> "%s (%s)".formatted(version.getKey(), PageWords.count(version.getValue())))
                        .collect(Collectors.joining(", ", "Skipped versions: ", "."));
    }
}
