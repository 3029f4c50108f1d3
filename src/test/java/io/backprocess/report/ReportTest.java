package io.backprocess.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.verify.Verdict;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final String HOSTILE = "</script><img src=x onerror=\"hacked=1\">'&\u2028\u202e\u0007<!--";

    @Test
    void letsNoTextFromOutsideBecomeHtml() {
        String html = Pages.of(HOSTILE, Verdict.WRONG).html();

        assertThat(html)
                .doesNotContain("<img")
                .doesNotContain("\u202e")
                .doesNotContain("\u0007")
                .doesNotContain("\u2028<")
                .contains("&lt;/script&gt;&lt;img src=x onerror=&quot;hacked=1&quot;&gt;&#39;&amp;");
        assertThat(Pattern.compile("</script>").matcher(html).results()).hasSize(4);
        // The licence is the only comment.
        assertThat(Pattern.compile("<!--").matcher(html).results()).hasSize(1);
    }

    @Test
    void holdsTheStatusAsItWas() throws Exception {
        String html = Pages.of(HOSTILE, Verdict.COMPLETE).html();

        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"status\">(.*?)</script>", Pattern.DOTALL)
                .matcher(html);
        assertThat(data.find()).isTrue();
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(data.group(1))).isEqualTo(json.readTree(Pages.status(HOSTILE)));
    }

    @Test
    void isTheSamePageButForTheLineThatSaysWhenItWasWritten() {
        Report report = Pages.of("b", Verdict.COMPLETE);
        Report later = new Report(
                report.plan(),
                report.status(),
                report.json(),
                report.history(),
                report.verification(),
                report.deadLetters(),
                Instant.parse("2031-01-01T00:00:00Z"));

        assertThat(report.html()).contains("Written at 2025-11-16 00:00:00 UTC");
        assertThat(later.html())
                .isEqualTo(report.html().replace("Written at 2025-11-16 00:00:00", "Written at 2031-01-01 00:00:00"));
    }

    @Test
    void hasAColourForEachReasonInTheLightAndInTheDark() {
        String style = Assets.report().style();

        assertThat(DeadLetterReader.reasons()).contains("tombstone", "unknown").allSatisfy(reason -> {
            assertThat(Pattern.compile(" --%s: #[0-9a-f]{6};".formatted(reason))
                            .matcher(style)
                            .results())
                    .hasSize(2);
            assertThat(style).contains(".%1$s { --swatch: var(--%1$s); }".formatted(reason));
        });
    }

    @Test
    void namesTheChartLibraryAndItsLicence() {
        assertThat(Pages.of("b", Verdict.COMPLETE).html())
                .contains("uPlot, The MIT License (MIT)\n\nCopyright (c) 2022 Leon Sorokin");
    }

    @Test
    void callsABatchProvenOnlyWhenItWasRecounted() {
        Report report = Pages.of("b", Verdict.COMPLETE);
        Report claimed = new Report(
                report.plan(),
                report.status(),
                report.json(),
                report.history(),
                null,
                report.deadLetters(),
                report.writtenAt());

        assertThat(report.html()).contains(">Complete, and proven<").doesNotContain("was not recounted");
        assertThat(claimed.html())
                .contains(">Completed<")
                .contains("was not recounted")
                .contains("<code>backprocess verify --batch-id b</code>")
                .doesNotContain("roven<");
    }

    @Test
    void saysFirstThatABatchIsWrongAndThenWhatIs() {
        assertThat(Pages.of("b", Verdict.WRONG).html())
                .containsSubsequence(">Wrong<", "has 1 finding, listed below", ">missing-result<", "records read");
    }

    @Test
    void saysWhatCannotBeTold() {
        assertThat(Pages.of("b", Verdict.CANNOT_TELL).html())
                .containsSubsequence(
                        ">Cannot tell<", "is missing or a service does not answer", ">Cannot be checked<", "b/0/7 to 9")
                .doesNotContain("roven<");
    }

    @Test
    void saysOfEveryStateWhatItMeans() {
        assertThat(page("running", 42.5)).contains(">Running, 42.5\u202F%<", "<progress max=\"100\" value=\"42.5\"");
        assertThat(page("paused", 42.5)).contains(">Paused at 42.5\u202F%<");
        assertThat(page("failed", 42.5)).contains(">Failed at 42.5\u202F%<", "verdict bad");
        assertThat(page("planned", 0)).contains(">Planned<");
        assertThat(page("abandoned", 42.5)).contains(">Abandoned, 42.5\u202F%<");
    }

    @Test
    void isAPageEvenOfABatchThatHasDoneNothingYet() {
        Report report = Pages.report(Pages.status("b"));

        assertThat(report.html()).contains("<h1>b</h1>").doesNotContain("<figure");
    }

    @Test
    void saysWhenTheFiguresDoNotAddUp() {
        String wrong = Pages.status("b").replace("\"read\":100,\"skipped\":10", "\"read\":101,\"skipped\":10");
        Report report = Pages.report(wrong);

        assertThat(report.html()).contains("They do not add up: 1 of the records");
        assertThat(Pages.of("b", Verdict.COMPLETE).html()).contains("They add up");
    }

    @Test
    void saysOfACompletedBatchThatMostOfItIsDead() {
        String status = Pages.status("b").replace("\"state\"", "\"settings\":{\"maxDlqRatio\":0.2},\"state\"");

        String html = Pages.report(status).html();

        assertThat(html).contains("verdict idle", "But 30 of 100 records are dead letters.");
    }

    private static String page(String state, double percent) {
        String status = Pages.status("b")
                .replace(
                        "\"state\":\"completed\",\"percent\":100.0",
                        "\"state\":\"%s\",\"percent\":%s".formatted(state, percent));
        return Pages.report(status).html();
    }
}
