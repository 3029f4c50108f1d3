package io.backprocess.report;

import io.backprocess.preview.Comparison;

/** What an earlier batch has written, beside what would be written now. */
final class AgainstSection {
    private final Html html;
    private final ChangesSection changes;

    AgainstSection(Html html, ChangesSection changes) {
        this.html = html;
        this.changes = changes;
    }

    void write(Comparison against) {
        html.element("h2", "Against " + against.batchId(), "class", "part");
        html.open("section", "class", "card").open("div", "class", "texts");
        html.openTable("Against", "then, and now", "records", "share");
        row("the same", against.same(), against.compared(), "same");
        row("other results", against.different(), against.compared(), "different");
        against.fates()
                .forEach(fate ->
                        row("%s → %s".formatted(fate.then(), fate.now()), fate.count(), against.compared(), "fate"));
        row("compared", against.compared(), against.compared(), "compared");
        html.closeTable().close("div");
        html.element(
                "p",
                "It was made by %s.%s"
                        .formatted(
                                against.revision(),
                                against.outside() == 0
                                        ? ""
                                        : " %s more records it has not read, or not yet."
                                                .formatted(Words.count(against.outside()))),
                "class",
                "note");
        against.fates().stream().filter(fate -> !fate.examples().isEmpty()).forEach(fate -> {
            html.element("h3", "%s → %s".formatted(fate.then(), fate.now()));
            fate.examples().forEach(each -> changes.place(each.origin(), each.eventId()));
        });
        html.close("section");
        changes.writeKinds(
                "Other results than then", against.differences(), against.otherDifferences(), against.compared());
    }

    private void row(String name, long count, long compared, String figure) {
        html.open("tr").element("th", name, "scope", "row");
        html.element("td", Words.count(count), "data-against", figure)
                .element("td", Words.share(count, compared))
                .close("tr");
    }
}
