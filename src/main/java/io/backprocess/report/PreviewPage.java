package io.backprocess.report;

import io.backprocess.preview.Preview;
import io.backprocess.preview.Preview.Sample;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Subject;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import java.time.Instant;

/**
 * A preview as one HTML page that needs no other file and runs no script.
 *
 * @param json the object that {@code preview --output json} prints; the page shows its figures and contains it
 * @param writtenAt the time of writing; nothing else on the page depends on the clock
 */
public record PreviewPage(Preview preview, String json, Instant writtenAt) {
    public String html() {
        Html html = new Html();
        head(html);
        html.open("body").open("main");
        title(html);
        headline(html);
        PreviewFigures figures = new PreviewFigures(html, preview);
        figures.write();
        figures.writeEstimate();
        ChangesSection changes = new ChangesSection(html);
        changes.writeKinds(
                "What would change",
                preview.kinds().changes(),
                preview.kinds().otherChanges(),
                counts().fates().read());
        changes.writeDeadLetters(preview.kinds().deadLetters(), counts().fates().read());
        if (preview.against() != null) {
            new AgainstSection(html, changes)
                    .write(preview.against(), preview.sample().whole());
        }
        html.close("main");
        html.element("footer", "Written at " + Words.time(writtenAt) + " by backprocess preview.");
        html.open("script", "type", "application/json", "id", "preview")
                .raw(Html.data(json))
                .close("script");
        return html.close("body").close("html").toString();
    }

    private SampleCounts counts() {
        return preview.counts();
    }

    /** Writes the head. The security policy comes first: this page runs no script at all. */
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
        long different = counts().fates().taken() - counts().revised().unchanged();
        Sample sample = preview.sample();
        html.open("section", "class", "verdict busy", "aria-labelledby", "verdict");
        html.element(
                "p",
                "%s of %s would change"
                        .formatted(
                                Words.share(different, counts().fates().read()),
                                Words.count(counts().fates().read())),
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
}
