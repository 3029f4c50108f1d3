package io.backprocess.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import io.backprocess.verify.Verification;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch as one HTML page that needs no network, no font and no other file. Its scripts only draw.
 *
 * @param status the object that {@code status --output json} prints; the page shows its figures and contains it
 * @param history the history of all the ledger's lines
 * @param verification the result of a recount; null if nothing was recounted
 * @param deadLetters the counts of the batch's dead letters by time
 * @param writtenAt the time of writing; nothing else on the page depends on the clock
 */
public record Report(
        BatchPlan plan,
        String status,
        LedgerHistory history,
        @Nullable Verification verification,
        DeadLetterTimes deadLetters,
        Instant writtenAt) {

    public String html() {
        JsonNode figures = figures();
        Headline headline = Headline.of(figures, verification);
        Charts charts = new Charts(history.timeline(), deadLetters);
        Html html = new Html();
        head(html, headline);
        html.open("body").open("main");
        title(html);
        headline.write(html, figures);
        if (verification != null) {
            FindingsSection.write(html, verification);
        }
        Totals totals = new Totals(figures);
        totals.writeFigures(html, plan.creation().at(), history.lastCommit());
        totals.writeReconciliation(html, verification != null);
        if (verification != null) {
            Totals.writeRecount(html, verification);
        }
        charts.write(html, figures.path("deadLetters").asLong());
        Partitions partitions = new Partitions(figures);
        partitions.writeSlowest(html, history, plan.creation().at());
        partitions.writeAll(html);
        PlanSection.write(html, plan);
        html.close("main");
        html.element("footer", "Written at " + Words.time(writtenAt) + " by backprocess report.");
        data(html, "status", status);
        data(html, "charts", charts.data());
        script(html, Assets.charts());
        script(html, Assets.script());
        return html.close("body").close("html").toString();
    }

    private JsonNode figures() {
        try {
            return new ObjectMapper().readTree(status);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a status: " + status, e);
        }
    }

    /** Writes the head. The security policy comes first: the page loads and runs only what it was written with. */
    private void head(Html html, Headline headline) {
        String style = Assets.style();
        html.raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head").open("meta", "charset", "utf-8");
        html.open(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; base-uri 'none'; form-action 'none'; style-src %s; script-src %s %s"
                        .formatted(Assets.hash(style), Assets.hash(Assets.charts()), Assets.hash(Assets.script())));
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.open("meta", "name", "generator", "content", "backprocess report");
        html.element("title", plan.spec().batchId() + ": " + headline.title());
        html.raw("<!--\nThe charts are drawn by " + Assets.chartsLicence() + "-->\n");
        html.open("style").raw(style).close("style").close("head");
    }

    private void title(Html html) {
        BatchSpec spec = plan.spec();
        html.open("header").element("p", "Backprocess report", "class", "kicker");
        html.element("h1", spec.batchId());
        html.element("p", "%s → %s".formatted(spec.sourceTopic(), spec.resultTopic()), "class", "path");
        if (plan.creation().reason() != null) {
            html.element("p", plan.creation().reason(), "class", "reason");
        }
        html.close("header");
    }

    private static void data(Html html, String id, String json) {
        html.open("script", "type", "application/json", "id", id)
                .raw(Html.data(json))
                .close("script");
    }

    private static void script(Html html, String script) {
        html.open("script").raw(script).close("script");
    }
}
