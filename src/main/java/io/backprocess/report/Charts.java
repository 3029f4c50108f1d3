package io.backprocess.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the places of the charts on the page, each with its figures as a table, and the data that the page's script draws. */
final class Charts {
    private static final int ROWS = 20;

    private final @Nullable Timeline timeline;
    private final DeadLetterTimes deadLetters;

    Charts(@Nullable Timeline timeline, DeadLetterTimes deadLetters) {
        this.timeline = timeline;
        this.deadLetters = deadLetters;
    }

    void write(Html html, long deadInLedger) {
        if (timeline != null) {
            progress(html, timeline);
            throughput(html, timeline);
        }
        if (deadLetters.counted() > 0) {
            deadLetters(html, deadInLedger);
        }
    }

    private static void progress(Html html, Timeline timeline) {
        open(
                html,
                "card chart half",
                "progress",
                "Progress",
                "Records read and results written since the batch was planned, as committed.");
        legend(html, Map.of("read", "records read", "results", "results"), List.of("read", "results"));
        plot(
                html,
                "Chart: %s records read and %s results written from %s to %s"
                        .formatted(
                                Words.count(timeline.read(0, timeline.steps())),
                                Words.count(timeline.results(0, timeline.steps())),
                                Words.time(timeline.start),
                                Words.time(timeline.end)));
        openTable(html, "Progress", "until (UTC)", "read", "results", "records/s");
        int step = Math.max(1, (timeline.steps() + ROWS - 1) / ROWS);
        for (int from = 0; from < timeline.steps(); from += step) {
            int to = Math.min(timeline.steps(), from + step);
            html.row(
                    Words.time(timeline.at(to - 1)),
                    Words.count(timeline.read(0, to)),
                    Words.count(timeline.results(0, to)),
                    Words.rate(timeline.rate(from, to)));
        }
        close(html);
    }

    private static void throughput(Html html, Timeline timeline) {
        double best = 0;
        for (int step = 0; step < timeline.steps(); step++) {
            best = Math.max(best, timeline.rate(step, step + 1));
        }
        String summary = "%s records/s on average, %s at best."
                .formatted(Words.rate(timeline.rate(0, timeline.steps())), Words.rate(best));
        open(html, "card chart half", "throughput", "Throughput", summary);
        plot(html, "Chart: records read per second over time; " + summary);
        html.element("p", "", "class", "readout").close("figure");
    }

    private void deadLetters(Html html, long deadInLedger) {
        List<String> reasons = List.copyOf(deadLetters.byReason().keySet());
        String unit = deadLetters.unit().name().toLowerCase(java.util.Locale.ROOT);
        open(
                html,
                "card chart",
                "dead-letters",
                "Dead letters by reason and " + unit + " of event time",
                about(deadInLedger, unit));
        Map<String, String> names = new java.util.HashMap<>();
        deadLetters
                .byReason()
                .forEach((reason, count) -> names.put(
                        reason,
                        "%s %s (%s)".formatted(reason, Words.count(count), Words.share(count, deadLetters.counted()))));
        legend(html, names, reasons);
        plot(html, "Chart: dead letters over event time, by reason");
        List<String> heads = new ArrayList<>(List.of(unit + " (UTC)"));
        heads.addAll(reasons);
        openTable(html, "Dead letters", heads.toArray(String[]::new));
        for (Instant span : deadLetters.spans()) {
            List<String> cells = new ArrayList<>(List.of(deadLetters.unit().label(span)));
            reasons.forEach(reason -> cells.add(Words.count(deadLetters.count(span, reason))));
            html.row(cells.toArray(String[]::new));
        }
        close(html);
    }

    private String about(long deadInLedger, String unit) {
        StringBuilder text = new StringBuilder(
                deadLetters.isSample()
                        ? "A sample: %s dead letters, taken evenly from the topic."
                                .formatted(Words.count(deadLetters.counted()))
                        : "%s dead letters on the topic.".formatted(Words.count(deadLetters.counted())));
        Map.Entry<Instant, Long> peak = deadLetters.peak();
        if (peak != null) {
            text.append(" Most in the %s from %s: %s."
                    .formatted(unit, Words.time(peak.getKey()), Words.count(peak.getValue())));
        }
        if (deadLetters.undated() > 0) {
            text.append(" %s of them have no known time.".formatted(Words.count(deadLetters.undated())));
        }
        if (!deadLetters.isSample() && deadLetters.counted() != deadInLedger) {
            text.append(" The ledger has %s.".formatted(Words.count(deadInLedger)));
        }
        return text.toString();
    }

    private static void open(Html html, String css, String id, String title, String caption) {
        html.open("figure", "class", css, "id", id).open("figcaption");
        html.element("h2", title).element("p", caption).close("figcaption");
    }

    private static void legend(Html html, Map<String, String> names, List<String> order) {
        html.open("ul", "class", "legend");
        for (String name : order) {
            html.open("li").open("i", "class", "swatch " + name).close("i");
            html.text(names.getOrDefault(name, name)).close("li");
        }
        html.close("ul");
    }

    private static void plot(Html html, String label) {
        html.open("div", "class", "plot", "role", "img", "aria-label", label).close("div");
    }

    private static void openTable(Html html, String name, String... heads) {
        html.element("p", "", "class", "readout").open("details").element("summary", "As a table");
        html.openTable(name, heads);
    }

    private static void close(Html html) {
        html.closeTable().close("details").close("figure");
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
        deadLetters.spans().forEach(span -> labels.add(deadLetters.unit().label(span)));
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
