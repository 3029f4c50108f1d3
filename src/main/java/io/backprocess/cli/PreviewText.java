package io.backprocess.cli;

import io.backprocess.envelope.EnvelopeText;
import io.backprocess.event.Skipped;
import io.backprocess.preview.Comparison;
import io.backprocess.preview.Preview;
import io.backprocess.preview.Preview.EnvelopeLook;
import io.backprocess.preview.Preview.Estimate;
import io.backprocess.preview.Preview.Sample;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Subject;
import io.backprocess.render.Colours;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.ColorScheme;

/** Prints a preview for people. */
final class PreviewText {
    private final PrintWriter out;
    private final Colours colours;
    private final ChangesText changes;

    PreviewText(PrintWriter out, ColorScheme scheme) {
        this.out = out;
        this.colours = new Colours(scheme);
        this.changes = new ChangesText(out, colours);
    }

    void print(Preview preview) {
        heading(preview.subject(), preview.sample());
        counts(preview);
        title("changes");
        changes.kinds(
                preview.kinds().changes(),
                preview.kinds().otherChanges(),
                preview.counts().fates().read());
        out.println(colours.aside(stamps(preview.envelope(), preview.subject().toVersion())));
        if (!preview.kinds().deadLetters().isEmpty()) {
            title("dead letters");
            changes.deadLetters(
                    preview.kinds().deadLetters(), preview.counts().fates().read());
        }
        if (preview.against() != null) {
            against(preview.against(), preview.sample());
        }
        out.println();
        estimate(preview.sample(), preview.estimate());
        throughput(preview.throughput());
        out.println("Nothing was written to Kafka.");
        out.flush();
    }

    /** Says what every result gets beside the changes, and where. */
    private static String stamps(EnvelopeLook envelope, @Nullable String toVersion) {
        String version = toVersion == null ? "" : Printable.line(toVersion);
        if (envelope.name().equals(EnvelopeText.OWN)) {
            return "every result also gets correlationId = the batch id%s; several results of one event get their own eventIds"
                    .formatted(toVersion == null ? "" : ", processVersion = " + version);
        }
        String batch =
                envelope.batchAt().isEmpty() ? "" : "the batch id (%s) and ".formatted(places(envelope.batchAt()));
        String ids = envelope.eventIdAt().isEmpty()
                ? ""
                : "; several results of one event get their own eventIds (%s)".formatted(places(envelope.eventIdAt()));
        return "every result also gets %sprocessVersion%s (%s)%s"
                .formatted(batch, toVersion == null ? "" : " " + version, places(envelope.processVersionAt()), ids);
    }

    private static String places(List<String> places) {
        return Printable.line(String.join(" or ", places));
    }

    private void title(String title) {
        out.println();
        out.println(colours.title(title));
    }

    private void heading(Subject subject, Sample sample) {
        out.println("reads     "
                + Printable.line("%s, version %s, from %s until %s"
                        .formatted(subject.sourceTopic(), subject.fromVersion(), subject.from(), subject.until())));
        out.println("revises   " + Printable.line(subject.revision()));
        out.println(
                sample.whole()
                        ? "sample    all %s records".formatted(Words.count(sample.records()))
                        : "sample    %s of about %s records, in %s slices spread over the range of %s partitions"
                                .formatted(
                                        Words.count(sample.records()),
                                        Words.count(sample.rangeRecords()),
                                        Words.count(sample.slices()),
                                        Words.count(sample.partitions())));
        out.println();
    }

    private void counts(Preview preview) {
        SampleCounts counts = preview.counts();
        Table table = new Table("", "records", "share");
        row(table, "taken", counts.fates().taken(), counts);
        row(table, "  changed", counts.revised().changed(), counts);
        row(table, "  unchanged", counts.revised().unchanged(), counts);
        row(table, "  several results", counts.revised().split(), counts);
        row(table, "  no result", counts.revised().withoutResult(), counts);
        boolean selects = preview.kinds().skippedByVersion().containsKey(Skipped.NOT_SELECTED);
        row(
                table,
                selects ? "skipped: another version, or not selected" : "skipped: another version",
                counts.fates().skipped(),
                counts);
        if (counts.outside() > 0) {
            row(table, "outside: another time", counts.outside(), counts);
        }
        row(table, "copies in the sample", counts.fates().duplicates(), counts);
        row(table, "dead letters", counts.fates().deadLetters(), counts);
        row(table, "read", counts.fates().read(), counts);
        out.print(table);
        if (counts.copiesElsewhere() > 0) {
            out.println(
                    "%s of the taken events are copies of an eventId in another partition; only --dedupe-scope global finds these"
                            .formatted(Words.count(counts.copiesElsewhere())));
        }
        if (preview.envelope().looksLike() != null) {
            out.println("warning: " + Printable.line(preview.envelope().looksLike()));
        }
        out.println("results: " + Words.count(counts.revised().results()));
        if (!preview.kinds().skippedByVersion().isEmpty()) {
            out.println("skipped versions: "
                    + preview.kinds().skippedByVersion().entrySet().stream()
                            .limit(20)
                            .map(each -> Printable.line(each.getKey(), 40) + " " + Words.count(each.getValue()))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static void row(Table table, String name, long count, SampleCounts counts) {
        table.row(name, count, Words.share(count, counts.fates().read()));
    }

    private void against(Comparison against, Sample sample) {
        title("against %s, by %s"
                .formatted(Printable.line(against.batchId(), 60), Printable.line(against.revision(), 80)));
        Table table = new Table("", "records", "share");
        table.row(
                "same as then",
                against.tally().same(),
                Words.share(against.tally().same(), against.tally().compared()));
        table.row(
                "other results",
                against.tally().different(),
                Words.share(against.tally().different(), against.tally().compared()));
        against.fates()
                .forEach(fate -> table.row(
                        ChangesText.words(fate),
                        fate.count(),
                        Words.share(fate.count(), against.tally().compared())));
        table.row(
                "compared",
                against.tally().compared(),
                Words.share(against.tally().compared(), against.tally().compared()));
        out.print(table);
        if (against.outside() > 0) {
            out.println("the earlier batch has not read %s more records, at least not yet"
                    .formatted(Words.count(against.outside())));
        }
        if (!sample.whole()) {
            out.println(colours.aside(
                    "if the first copy of an event is not in the sample, a later copy looks as if it would be taken now,"
                            + " although nothing was written for it then"));
        }
        changes.kinds(
                against.differences(),
                against.otherDifferences(),
                against.tally().compared());
        changes.fates(against.fates());
    }

    private void estimate(Sample sample, @Nullable Estimate estimate) {
        if (estimate != null) {
            out.println(
                    "estimate  of about %s records: %s taken (%s changed, %s unchanged), %s skipped, %s dead letters, %s results"
                            .formatted(
                                    Words.count(sample.rangeRecords()),
                                    Words.count(estimate.taken()),
                                    Words.count(estimate.changed()),
                                    Words.count(estimate.unchanged()),
                                    Words.count(estimate.skipped()),
                                    Words.count(estimate.deadLetters()),
                                    Words.count(estimate.results())));
            out.println(("          This is a sample. A case rarer than 1 in %s may not be in it, and copies"
                            + " lie too far apart to be counted.")
                    .formatted(Words.count(Math.max(1, sample.records() / 3))));
        }
    }

    private void throughput(Preview.Throughput throughput) {
        if (throughput.events() > 0) {
            out.println(String.format(
                    Locale.ROOT,
                    "speed     %s events/s on one thread, %.1f µs each, over %s events; Java starts slowly, so a long"
                            + " batch is faster",
                    Words.count(throughput.eventsPerSecond()),
                    throughput.microsAnEvent(),
                    Words.count(throughput.events())));
        }
    }
}
