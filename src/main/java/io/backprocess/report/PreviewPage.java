package io.backprocess.report;

import io.backprocess.preview.Preview;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Throughput;
import io.backprocess.render.Html;
import io.backprocess.render.PageWords;
import io.backprocess.render.Templates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A preview as one HTML page that needs no other file and runs no script.
 *
 * @param json the object that {@code preview --output json} prints; the page shows its figures and contains it
 * @param writtenAt the time of writing; nothing else on the page depends on the clock
 */
public record PreviewPage(Preview preview, String json, Instant writtenAt) {
    private static final Templates TEMPLATES = new Templates(PreviewPage.class);
    private static final int VERSIONS = 20;
    private static final List<String> PLACES = List.of("taken", "duplicates", "skipped", "outside", "deadLetters");

    /**
     * The values that {@code preview.mustache} shows.
     *
     * @param different the share of the records that would change
     * @param rarest a number of records; a case that is rarer than one in so many may be missing in the sample
     */
    record Page(
            Assets assets,
            Instant writtenAt,
            Preview preview,
            String different,
            List<Figure> figures,
            List<Bar> composition,
            @Nullable String versions,
            long rarest,
            Changes changes,
            List<Changes.DeadCard> deadLetters,
            @Nullable EarlierComparison against,
            String previewData) {
        boolean hasDeadLetters() {
            return !deadLetters.isEmpty();
        }
    }

    public String html() {
        SampleCounts counts = preview.counts();
        List<Figure> figures = figures();
        return TEMPLATES.fill(
                "preview.mustache",
                new Page(
                        Assets.preview(),
                        writtenAt,
                        preview,
                        PageWords.share(
                                counts.fates().taken() - counts.revised().unchanged(),
                                counts.fates().read()),
                        figures,
                        composition(counts, figures),
                        Totals.versions(preview.kinds().skippedByVersion(), VERSIONS),
                        Math.max(1, preview.sample().records() / 3),
                        Changes.of(
                                "What would change",
                                preview.kinds().changes(),
                                preview.kinds().otherChanges(),
                                counts.fates().read()),
                        preview.kinds().deadLetters().stream()
                                .map(kind ->
                                        Changes.DeadCard.of(kind, counts.fates().read()))
                                .toList(),
                        preview.against() == null
                                ? null
                                : EarlierComparison.of(
                                        preview.against(), preview.sample().whole()),
                        Html.data(json)));
    }

    private List<Figure> figures() {
        SampleCounts counts = preview.counts();
        List<Figure> figures = new ArrayList<>();
        figures.add(figure("taken", "taken", counts.fates().taken()));
        figures.add(figure("changed", "changed", counts.revised().changed()));
        figures.add(figure("unchanged", "unchanged", counts.revised().unchanged()));
        figures.add(figure("split", "several results", counts.revised().split()));
        figures.add(figure("withoutResult", "no result", counts.revised().withoutResult()));
        figures.add(figure("skipped", "skipped", counts.fates().skipped()));
        if (counts.outside() > 0) {
            figures.add(figure("outside", "outside", counts.outside()));
        }
        figures.add(figure("duplicates", "copies", counts.fates().duplicates()));
        if (counts.copiesElsewhere() > 0) {
            figures.add(figure("copiesElsewhere", "copies in other partitions", counts.copiesElsewhere()));
        }
        figures.add(figure("deadLetters", "dead letters", counts.fates().deadLetters()));
        Throughput throughput = preview.throughput();
        if (throughput.events() > 0) {
            figures.add(new Figure(
                    "eventsPerSecond",
                    "events/s, one thread",
                    throughput.eventsPerSecond(),
                    String.format(Locale.ROOT, "%.1f µs each, not yet warm", throughput.microsAnEvent())));
        }
        return figures;
    }

    /** Returns a bar of the places that a record can go to. */
    private static List<Bar> composition(SampleCounts counts, List<Figure> figures) {
        return Bar.composition(
                counts.fates().read(),
                PLACES.stream()
                        .flatMap(place ->
                                figures.stream().filter(figure -> figure.name().equals(place)))
                        .toList());
    }

    private Figure figure(String name, String label, long count) {
        return new Figure(
                name,
                label,
                count,
                PageWords.share(count, preview.counts().fates().read()));
    }
}
