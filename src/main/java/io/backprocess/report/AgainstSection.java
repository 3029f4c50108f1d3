package io.backprocess.report;

import io.backprocess.preview.Comparison;
import io.backprocess.preview.Comparison.Fate;
import io.backprocess.render.Html;
import io.backprocess.render.Words;

/** Writes the comparison of an earlier batch's results with the results that the preview would write now. */
final class AgainstSection {
    private final Html html;
    private final ChangesSection changes;

    AgainstSection(Html html, ChangesSection changes) {
        this.html = html;
        this.changes = changes;
    }

    /** @param whole whether the preview read the whole range */
    void write(Comparison against, boolean whole) {
        html.element("h2", "Against " + against.batchId(), "class", "part");
        html.open("section", "class", "card against");
        html.openTable("Against", "then, and now", "records", "share");
        row("the same", against.tally().same(), against.tally().compared(), "same");
        row("other results", against.tally().different(), against.tally().compared(), "different");
        against.fates()
                .forEach(fate -> row(words(fate), fate.count(), against.tally().compared(), "fate"));
        row("compared", against.tally().compared(), against.tally().compared(), "compared");
        html.closeTable();
        html.element("p", notes(against, whole), "class", "note");
        against.fates().stream().filter(fate -> !fate.examples().isEmpty()).forEach(fate -> {
            html.element("h3", words(fate));
            fate.examples().forEach(each -> changes.place(each.origin(), each.eventId()));
        });
        html.close("section");
        changes.writeKinds(
                "Results that differ",
                against.differences(),
                against.otherDifferences(),
                against.tally().compared());
    }

    private static String notes(Comparison against, boolean whole) {
        StringBuilder notes = new StringBuilder("It was made by " + against.revision() + ".");
        if (against.outside() > 0) {
            notes.append(
                    " It has not read %s more records, at least not yet.".formatted(Words.count(against.outside())));
        }
        if (!whole) {
            notes.append(
                    " If the first copy of an event is not in the sample, a later copy looks as if it would be taken now,"
                            + " although nothing was written for it then.");
        }
        return notes.toString();
    }

    private static String words(Fate fate) {
        return "was %s, would be %s".formatted(end(fate.then()), end(fate.now()));
    }

    private static String end(String end) {
        return end.equals("taken") || end.equals("nothing") ? end : "a dead letter (%s)".formatted(end);
    }

    private void row(String name, long count, long compared, String figure) {
        html.open("tr").element("th", name, "scope", "row");
        html.element("td", Words.count(count), "data-against", figure)
                .element("td", Words.share(count, compared))
                .close("tr");
    }
}
