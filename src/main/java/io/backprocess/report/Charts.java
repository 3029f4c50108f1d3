package io.backprocess.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.render.PageWords;
import io.backprocess.render.Words;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The charts of the page, most with their figures as a table, and the data that the page's script draws. */
final class Charts {
    private static final int ROWS = 20;

    /**
     * A chart, of which the script draws the plot.
     *
     * @param drawn a description of the plot, for readers who do not see it
     * @param table the figures; null if the chart has no table
     */
    record Chart(
            String id,
            boolean half,
            String title,
            String caption,
            List<Swatch> legend,
            String drawn,
            @Nullable Sheet table) {
        boolean hasLegend() {
            return !legend.isEmpty();
        }
    }

    /** @param style the class by which the style sheet colours it */
    record Swatch(String style, String text) {}

    private final @Nullable Timeline timeline;
    private final DeadLetterTimes deadLetters;

    Charts(@Nullable Timeline timeline, DeadLetterTimes deadLetters) {
        this.timeline = timeline;
        this.deadLetters = deadLetters;
    }

    List<Chart> of(long deadInLedger) {
        List<Chart> charts = new ArrayList<>();
        if (timeline != null) {
            charts.add(progress(timeline));
            charts.add(throughput(timeline));
        }
        if (deadLetters.counted() > 0) {
            charts.add(deadLetters(deadInLedger));
        }
        return charts;
    }

    private static Chart progress(Timeline timeline) {
        List<Sheet.Row> rows = new ArrayList<>();
        int step = Math.max(1, (timeline.steps() + ROWS - 1) / ROWS);
        for (int from = 0; from < timeline.steps(); from += step) {
            int to = Math.min(timeline.steps(), from + step);
            rows.add(Sheet.Row.of(
                    Words.time(timeline.at(to - 1)),
                    PageWords.count(timeline.read(0, to)),
                    PageWords.count(timeline.results(0, to)),
                    PageWords.rate(timeline.rate(from, to))));
        }
        return new Chart(
                "progress",
                true,
                "Progress",
                "Records read and results written since the batch was planned, as committed.",
                List.of(new Swatch("read", "records read"), new Swatch("results", "results")),
                "Chart: %s records read and %s results written from %s to %s"
                        .formatted(
                                PageWords.count(timeline.read(0, timeline.steps())),
                                PageWords.count(timeline.results(0, timeline.steps())),
                                Words.time(timeline.start),
                                Words.time(timeline.end)),
                new Sheet("Progress", List.of("until (UTC)", "read", "results", "records/s"), rows));
    }

    private static Chart throughput(Timeline timeline) {
        double best = 0;
        for (int step = 0; step < timeline.steps(); step++) {
            best = Math.max(best, timeline.rate(step, step + 1));
        }
        String summary = "%s records/s on average, %s at best."
                .formatted(PageWords.rate(timeline.rate(0, timeline.steps())), PageWords.rate(best));
        return new Chart(
                "throughput",
                true,
                "Throughput",
                summary,
                List.of(),
                "Chart: records read per second over time; " + summary,
                null);
    }

    private Chart deadLetters(long deadInLedger) {
        List<Swatch> legend = new ArrayList<>();
        deadLetters
                .byReason()
                .forEach((reason, count) -> legend.add(new Swatch(
                        reason,
                        "%s %s (%s)"
                                .formatted(
                                        reason,
                                        PageWords.count(count),
                                        PageWords.share(count, deadLetters.counted())))));
        String unit = deadLetters.unit().toString();
        return new Chart(
                "dead-letters",
                false,
                "Dead letters by reason and " + unit + " of event time",
                about(deadInLedger, unit),
                legend,
                "Chart: dead letters over event time, by reason",
                table(unit));
    }

    private Sheet table(String unit) {
        List<String> heads = new ArrayList<>(List.of(unit + " (UTC)"));
        heads.addAll(deadLetters.byReason().keySet());
        return new Sheet(
                "Dead letters",
                heads,
                deadLetters.spans().stream()
                        .map(span -> new Sheet.Row(
                                deadLetters.label(span),
                                deadLetters.byReason().keySet().stream()
                                        .map(reason -> PageWords.count(deadLetters.count(span, reason)))
                                        .toList()))
                        .toList());
    }

    private String about(long deadInLedger, String unit) {
        StringBuilder text = new StringBuilder(
                deadLetters.isSample()
                        ? "A sample: %s dead letters, taken evenly from the topic."
                                .formatted(PageWords.count(deadLetters.counted()))
                        : "%s dead letters on the topic.".formatted(PageWords.count(deadLetters.counted())));
        Map.Entry<Instant, Long> peak = deadLetters.peak();
        if (peak != null) {
            text.append(" Most in the %s from %s: %s."
                    .formatted(unit, Words.time(peak.getKey()), PageWords.count(peak.getValue())));
        }
        if (deadLetters.undated() > 0) {
            text.append(" %s of them have no known time.".formatted(PageWords.count(deadLetters.undated())));
        }
        if (!deadLetters.isSample() && deadLetters.counted() != deadInLedger) {
            text.append(" The ledger has %s.".formatted(PageWords.count(deadInLedger)));
        }
        return text.toString();
    }

    /** Returns the JSON that the page's script draws. */
    String data() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        if (timeline != null) {
            ObjectNode progress = data.putObject("progress");
            ArrayNode at = progress.putArray("at").add(timeline.start.toEpochMilli() / 1000.0);
            ArrayNode read = progress.putArray("read").add(0);
            ArrayNode results = progress.putArray("results").add(0);
            ArrayNode rate = progress.putArray("rate").add(rounded(timeline.rate(0, 1)));
            for (int step = 0; step < timeline.steps(); step++) {
                at.add(timeline.at(step).toEpochMilli() / 1000.0);
                read.add(timeline.read(0, step + 1));
                results.add(timeline.results(0, step + 1));
                rate.add(rounded(timeline.rate(step, step + 1)));
            }
        }
        ObjectNode dead = data.putObject("deadLetters");
        ArrayNode labels = dead.putArray("labels");
        deadLetters.spans().forEach(span -> labels.add(deadLetters.label(span)));
        ObjectNode counts = dead.putObject("counts");
        for (String reason : deadLetters.byReason().keySet()) {
            ArrayNode row = counts.putArray(reason);
            deadLetters.spans().forEach(span -> row.add(deadLetters.count(span, reason)));
        }
        return data.toString();
    }

    private static double rounded(double rate) {
        return Math.round(rate * 10) / 10.0;
    }
}
