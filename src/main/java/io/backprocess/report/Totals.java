package io.backprocess.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.Figures;
import io.backprocess.render.Bars;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import io.backprocess.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Writes the batch in numbers, and where each record went. The records read are the sum of the places that they can go to. */
final class Totals {
    private static final Map<String, String> PLACES = new LinkedHashMap<>();

    static {
        PLACES.put("taken", "taken, and revised");
        PLACES.put("duplicates", "duplicate: taken before");
        PLACES.put("skipped", "skipped: another version");
        PLACES.put("outside", "outside: another time");
        PLACES.put("deadLetters", "dead letter: kept with its reason");
    }

    private final JsonNode status;

    Totals(JsonNode status) {
        this.status = status;
    }

    private long figure(String name) {
        return status.path(name).asLong();
    }

    void writeFigures(Html html, Instant planned, @Nullable Instant lastCommit) {
        html.open("dl", "class", "figures");
        figure(html, "read", "records read", "");
        figure(html, "results", "results written", "");
        figure(html, "deadLetters", "dead letters", Words.share(figure("deadLetters"), figure("read")));
        figure(html, "duplicates", "duplicates", Words.share(figure("duplicates"), figure("read")));
        figure(html, "skipped", "skipped", Words.share(figure("skipped"), figure("read")));
        if (figure("outside") > 0) {
            figure(html, "outside", "outside", Words.share(figure("outside"), figure("read")));
        }
        html.open("div").element("dt", "records/s");
        html.element("dd", Words.rate(status.path("recordsPerSecond").asDouble()))
                .element(
                        "dd",
                        status.path("state").asText().equals("completed") ? "on average" : "in the last minute",
                        "class",
                        "note");
        html.close("div");
        if (lastCommit != null) {
            html.open("div").element("dt", status.path("remaining").asLong() == 0 ? "time taken" : "time so far");
            html.element(
                    "dd", Words.duration(Duration.between(planned, lastCommit).abs()));
            html.element("dd", "until " + Words.time(lastCommit), "class", "note wide")
                    .close("div");
        }
        html.close("dl");
    }

    private void figure(Html html, String name, String label, String note) {
        html.open("div").element("dt", label);
        html.element("dd", Words.count(figure(name)), "data-figure", name);
        if (!note.isEmpty() && figure("read") > 0) {
            html.element("dd", note + " of read", "class", "note");
        }
        html.close("div");
    }

    void writeReconciliation(Html html, boolean recounted) {
        long read = figure("read");
        long sum = PLACES.keySet().stream().mapToLong(this::figure).sum();
        html.open("section", "class", recounted ? "card half" : "card").element("h2", "Where each record went");
        Bars.composition(html, read, List.copyOf(PLACES.keySet()), this::figure);
        html.open("div", "class", "scroll").open("table", "class", "sum").open("tbody");
        PLACES.forEach((name, label) -> {
            if (name.equals("outside") && figure(name) == 0) {
                return;
            }
            html.open("tr")
                    .open("th", "scope", "row")
                    .open("i", "class", "swatch " + name)
                    .close("i");
            html.text(label).close("th");
            html.element("td", Words.count(figure(name)));
            html.element("td", Words.share(figure(name), read)).close("tr");
        });
        html.close("tbody").open("tfoot").open("tr").element("th", "read", "scope", "row");
        html.element("td", Words.count(read)).element("td", "").close("tr").close("tfoot");
        html.close("table").close("div");
        html.element(
                "p",
                read == sum
                        ? "✓ They add up: each record is in exactly one place."
                        : "✗ They do not add up: %s of the records that were read are in no place or in two places."
                                .formatted(Words.count(Math.abs(read - sum))),
                "class",
                read == sum ? "check yes" : "check no");
        versions(html);
        html.close("section");
    }

    private void versions(Html html) {
        if (status.path("skippedByVersion").isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        status.path("skippedByVersion").properties().forEach(version -> text.append(
                        text.isEmpty() ? "Skipped versions: " : ", ")
                .append(version.getKey())
                .append(" (")
                .append(Words.count(version.getValue().asLong()))
                .append(')'));
        html.element("p", text.append('.').toString(), "class", "note");
    }

    /** Writes the recounted figures beside the figures of the ledger and of the topics. */
    static void writeRecount(Html html, Verification verification) {
        html.open("section", "class", "card half").element("h2", "Recounted from Kafka alone");
        html.openTable("Recount", "", "recounted", "ledger", "on the topic");
        row(html, "read", verification, Figures::read, null);
        row(html, "skipped", verification, Figures::skipped, null);
        if (verification.outcomes().ledger().outside()
                        + verification.recounted().outside()
                > 0) {
            row(html, "outside", verification, Figures::outside, null);
        }
        row(html, "duplicates", verification, Figures::duplicates, null);
        row(
                html,
                "dead letters",
                verification,
                Figures::deadLetters,
                verification.outcomes().deadLettersOnTopic());
        row(html, "taken", verification, Figures::taken, null);
        row(
                html,
                "results",
                verification,
                Figures::results,
                verification.outcomes().resultsOnTopic());
        html.closeTable().close("section");
    }

    private static void row(
            Html html, String name, Verification verification, ToLongFunction<Figures> figure, @Nullable Long onTopic) {
        long recounted = figure.applyAsLong(verification.recounted());
        long ledger = figure.applyAsLong(verification.outcomes().ledger());
        html.open("tr").element("th", name, "scope", "row").element("td", Words.count(recounted));
        html.element("td", Words.count(ledger), "class", ledger == recounted ? "same" : "differs");
        if (onTopic == null) {
            html.element("td", "");
        } else {
            html.element("td", Words.count(onTopic), "class", onTopic == recounted ? "same" : "differs");
        }
        html.close("tr");
    }
}
