package io.backprocess.report;

import io.backprocess.preview.Preview;
import io.backprocess.preview.Preview.Counts;
import io.backprocess.preview.Preview.Estimate;
import io.backprocess.preview.Preview.Sample;
import io.backprocess.preview.Preview.Subject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A preview as one HTML page that needs nothing beside itself and runs no script.
 *
 * @param json the object that {@code preview --output json} prints; the page shows its figures and holds it
 * @param writtenAt the only clock in what is written
 */
public record PreviewPage(Preview preview, String json, Instant writtenAt) {
    public String html() {
        Html html = new Html();
        head(html);
        html.open("body").open("main");
        title(html);
        headline(html);
        figures(html);
        estimate(html, preview.sample(), preview.estimate());
        ChangesSection changes = new ChangesSection(html);
        changes.writeKinds("What would change", preview.changes(), preview.otherChanges(), counts().read());
        changes.writeDeadLetters(preview.deadLetters(), counts().read());
        if (preview.against() != null) {
            new AgainstSection(html, changes).write(preview.against());
        }
        html.close("main");
        html.element("footer", "Written at " + Words.time(writtenAt) + " by backprocess preview.");
        html.open("script", "type", "application/json", "id", "preview")
                .raw(Html.data(json))
                .close("script");
        return html.close("body").close("html").toString();
    }

    private Counts counts() {
        return preview.counts();
    }

    /** The policy comes first: this page runs no script at all. */
    private void head(Html html) {
        String style = Assets.previewStyle();
        html.raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head").open("meta", "charset", "utf-8");
        html.open(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; base-uri 'none'; form-action 'none'; style-src " + Assets.hash(style));
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.open("meta", "name", "generator", "content", "backprocess preview");
        html.element(
                "title",
                "%s by %s: preview"
                        .formatted(
                                preview.subject().sourceTopic(),
                                preview.subject().revision()));
        html.open("style").raw(style).close("style").close("head");
    }

    private void title(Html html) {
        Subject subject = preview.subject();
        html.open("header").element("p", "Backprocess preview", "class", "kicker");
        html.element("h1", "%s by %s".formatted(subject.sourceTopic(), subject.revision()));
        html.element(
                "p",
                "version %s%s, from %s until %s"
                        .formatted(
                                subject.fromVersion(),
                                subject.toVersion() == null ? "" : " → " + subject.toVersion(),
                                subject.from(),
                                subject.until()),
                "class",
                "path");
        html.close("header");
    }

    private void headline(Html html) {
        long different = counts().taken() - counts().unchanged();
        Sample sample = preview.sample();
        html.open("section", "class", "verdict busy", "aria-labelledby", "verdict");
        html.element(
                "p",
                "%s of %s would change"
                        .formatted(Words.share(different, counts().read()), Words.count(counts().read())),
                "class",
                "title",
                "id",
                "verdict");
        html.element(
                "p",
                (sample.whole()
                                ? "All %s records of the range were tried. ".formatted(Words.count(sample.records()))
                                : "A sample was tried: %s of about %s records, in %s slices spread over the whole range. "
                                        .formatted(
                                                Words.count(sample.records()),
                                                Words.count(sample.rangeRecords()),
                                                Words.count(sample.slices())))
                        + "Nothing was written to Kafka.");
        html.close("section");
    }

    private void figures(Html html) {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("taken", counts().taken());
        figures.put("changed", counts().changed());
        figures.put("unchanged", counts().unchanged());
        figures.put("split", counts().split());
        figures.put("withoutResult", counts().withoutResult());
        figures.put("skipped", counts().skipped());
        figures.put("duplicates", counts().duplicates());
        figures.put("deadLetters", counts().deadLetters());
        Map<String, String> labels = Map.of(
                "split", "several results",
                "withoutResult", "no result",
                "duplicates", "copies",
                "deadLetters", "dead letters");
        html.open("dl", "class", "figures");
        figures.forEach((name, count) -> {
            html.open("div").element("dt", labels.getOrDefault(name, name));
            html.element("dd", Words.count(count), "data-figure", name)
                    .element("dd", Words.share(count, counts().read()), "class", "note")
                    .close("div");
        });
        Preview.Throughput throughput = preview.throughput();
        if (throughput.events() > 0) {
            html.open("div").element("dt", "events/s, one thread");
            html.element("dd", Words.count(throughput.eventsPerSecond()), "data-figure", "eventsPerSecond")
                    .element(
                            "dd",
                            String.format(Locale.ROOT, "%.1f µs each, not yet warm", throughput.microsAnEvent()),
                            "class",
                            "note")
                    .close("div");
        }
        html.close("dl");
        Bars.composition(html, counts().read(), List.of("taken", "duplicates", "skipped", "deadLetters"), figures::get);
        if (!preview.skippedByVersion().isEmpty()) {
            StringBuilder versions = new StringBuilder("Skipped versions: ");
            preview.skippedByVersion().entrySet().stream().limit(20).forEach(version -> versions.append(
                            versions.charAt(versions.length() - 1) == ' ' ? "" : ", ")
                    .append(version.getKey())
                    .append(" (")
                    .append(Words.count(version.getValue()))
                    .append(')'));
            html.element("p", versions.append('.').toString(), "class", "note");
        }
    }

    private static void estimate(Html html, Sample sample, @Nullable Estimate estimate) {
        if (estimate == null) {
            return;
        }
        html.open("section", "class", "card").element("h2", "Reckoned for the whole range");
        html.openTable("Estimate", "records", "taken", "changed", "unchanged", "skipped", "dead letters", "results");
        html.row(
                "about " + Words.count(sample.rangeRecords()),
                Words.count(estimate.taken()),
                Words.count(estimate.changed()),
                Words.count(estimate.unchanged()),
                Words.count(estimate.skipped()),
                Words.count(estimate.deadLetters()),
                Words.count(estimate.results()));
        html.closeTable();
        html.element(
                "p",
                "It is a sample: what is rarer than 1 in %s may not be in it, and copies lie too far apart to be counted."
                        .formatted(Words.count(Math.max(1, sample.records() / 3))),
                "class",
                "note");
        html.close("section");
    }
}
