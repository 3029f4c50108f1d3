package io.backprocess.report;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.render.Html;
import io.backprocess.render.PageWords;
import io.backprocess.render.Templates;
import io.backprocess.status.BatchStatus;
import io.backprocess.verify.Verification;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as one HTML page that needs no network, no font and no other file. Its scripts only draw.
 *
 * @param json the object that {@code status --output json} prints; the page contains it
 * @param history the history of all the ledger's lines
 * @param verification the result of a recount; null if nothing was recounted
 * @param deadLetters the counts of the batch's dead letters by time
 * @param writtenAt the time of writing; nothing else on the page depends on the clock
 */
public record Report(
        BatchPlan plan,
        BatchStatus status,
        String json,
        LedgerHistory history,
        @Nullable Verification verification,
        DeadLetterTimes deadLetters,
        Instant writtenAt) {
    private static final Templates TEMPLATES = new Templates(Report.class);

    /** The values that {@code report.mustache} shows. */
    private record Page(
            Assets assets,
            Instant writtenAt,
            BatchSpec spec,
            @Nullable String reason,
            Headline headline,
            @Nullable CommittedShare progress,
            List<Problems> problems,
            Totals totals,
            @Nullable RecountTable recount,
            List<Charts.Chart> charts,
            Partitions partitions,
            List<PlanText.Entry> plan,
            String statusData,
            String chartsData) {}

    /** @param value the committed share as a number from 0 to 100 */
    private record CommittedShare(String value, String text) {}

    public String html() {
        Charts charts = new Charts(history.timeline(), deadLetters);
        return TEMPLATES.fill(
                "report.mustache",
                new Page(
                        Assets.report(),
                        writtenAt,
                        plan.spec(),
                        plan.creation().reason(),
                        Headline.of(status, verification),
                        progress(),
                        verification == null ? List.of() : Problems.of(verification),
                        Totals.of(status, plan.creation().at(), history.lastCommit()),
                        verification == null ? null : RecountTable.of(verification),
                        charts.of(status.deadLetters()),
                        Partitions.of(status, history, plan.creation().at()),
                        PlanText.of(plan),
                        Html.data(json),
                        Html.data(charts.data())));
    }

    private @Nullable CommittedShare progress() {
        double percent = status.percent();
        return percent < 100 ? new CommittedShare(String.valueOf(percent), PageWords.percent(percent)) : null;
    }
}
