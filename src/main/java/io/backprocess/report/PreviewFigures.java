package io.backprocess.report;

import io.backprocess.preview.Preview;
import io.backprocess.preview.Preview.Estimate;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Throughput;
import io.backprocess.render.Bars;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the figures of a preview. */
final class PreviewFigures {
    private static final int VERSIONS = 20;
    private static final Map<String, String> LABELS = Map.of(
            "split", "several results",
            "withoutResult", "no result",
            "duplicates", "copies",
            "copiesElsewhere", "copies in other partitions",
            "deadLetters", "dead letters");

    private final Html html;
    private final Preview preview;

    PreviewFigures(Html html, Preview preview) {
        this.html = html;
        this.preview = preview;
    }

    void write() {
        Map<String, Long> figures = figures(preview.counts());
        html.open("dl", "class", "figures");
        figures.forEach((name, count) ->
                figure(name, count, Words.share(count, preview.counts().fates().read())));
        Throughput throughput = preview.throughput();
        if (throughput.events() > 0) {
            figure(
                    "eventsPerSecond",
                    throughput.eventsPerSecond(),
                    String.format(Locale.ROOT, "%.1f µs each, not yet warm", throughput.microsAnEvent()));
        }
        html.close("dl");
        Bars.composition(
                html,
                preview.counts().fates().read(),
                List.of("taken", "duplicates", "skipped", "outside", "deadLetters"),
                name -> figures.getOrDefault(name, 0L));
        versions();
    }

    private static Map<String, Long> figures(SampleCounts counts) {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("taken", counts.fates().taken());
        figures.put("changed", counts.revised().changed());
        figures.put("unchanged", counts.revised().unchanged());
        figures.put("split", counts.revised().split());
        figures.put("withoutResult", counts.revised().withoutResult());
        figures.put("skipped", counts.fates().skipped());
        if (counts.outside() > 0) {
            figures.put("outside", counts.outside());
        }
        figures.put("duplicates", counts.fates().duplicates());
        if (counts.copiesElsewhere() > 0) {
            figures.put("copiesElsewhere", counts.copiesElsewhere());
        }
        figures.put("deadLetters", counts.fates().deadLetters());
        return figures;
    }

    private void figure(String name, long count, String note) {
        String label = name.equals("eventsPerSecond") ? "events/s, one thread" : LABELS.getOrDefault(name, name);
        html.open("div").element("dt", label);
        html.element("dd", Words.count(count), "data-figure", name)
                .element("dd", note, "class", "note")
                .close("div");
    }

    private void versions() {
        if (!preview.kinds().skippedByVersion().isEmpty()) {
            html.element(
                    "p",
                    preview.kinds().skippedByVersion().entrySet().stream()
                            .limit(VERSIONS)
                            .map(version -> version.getKey() + " (" + Words.count(version.getValue()) + ")")
                            .collect(Collectors.joining(", ", "Skipped versions: ", ".")),
                    "class",
                    "note");
        }
    }

    /** Writes the estimate for the whole range, if the sample is smaller than the range. */
    void writeEstimate() {
        Estimate estimate = preview.estimate();
        if (estimate == null) {
            return;
        }
        html.open("section", "class", "card").element("h2", "Estimate for the whole range");
        html.openTable("Estimate", "records", "taken", "changed", "unchanged", "skipped", "dead letters", "results");
        html.row(
                "about " + Words.count(preview.sample().rangeRecords()),
                Words.count(estimate.taken()),
                Words.count(estimate.changed()),
                Words.count(estimate.unchanged()),
                Words.count(estimate.skipped()),
                Words.count(estimate.deadLetters()),
                Words.count(estimate.results()));
        html.closeTable();
        html.element(
                "p",
                "This is a sample. A case rarer than 1 in %s may not be in it, and copies lie too far apart to be counted."
                        .formatted(Words.count(Math.max(1, preview.sample().records() / 3))),
                "class",
                "note");
        html.close("section");
    }
}
