package io.backprocess.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.testing.Chromium;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The page of a real preview, in a real browser. */
class PreviewPageITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory = Path.of("");

    private static Path page = Path.of("");
    private static JsonNode preview = new ObjectMapper().nullNode();

    @BeforeAll
    static void aPreview() {
        Shell shell = new Shell(KAFKA);
        String topic = shell.sample(3000);
        page = directory.resolve("preview.html");
        preview = shell.preview(topic, "--sample", "1000", "--out", page.toString(), "--output", "json")
                .succeeds()
                .json();
    }

    @Test
    void showsTheFiguresOfTheJsonWithoutAComplaintAndWithoutTheNetwork() throws Exception {
        try (Chromium browser = Chromium.open()) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.screen(1280, 800, dark);
                browser.open(page.toUri().toString());

                assertThat(browser.complaints()).isEmpty();
                assertThat(browser.requests()).containsExactly(page.toUri().toString());
                for (String figure : List.of(
                        "taken",
                        "changed",
                        "unchanged",
                        "split",
                        "withoutResult",
                        "skipped",
                        "duplicates",
                        "deadLetters")) {
                    assertThat(text(browser, "[data-figure=%s]".formatted(figure)))
                            .as(figure)
                            .isEqualTo(preview.path("counts").path(figure).asText());
                }
                JsonNode counts = browser.evaluate(
                        "[...document.querySelectorAll('[data-count]')].map(each => Number(each.dataset.count))");
                assertThat(counts)
                        .hasSize(preview.path("changes").size()
                                + preview.path("deadLetters").size());
                assertThat(counts.get(0))
                        .isEqualTo(preview.path("changes").get(0).path("count"));
                assertThat(new ObjectMapper()
                                .readTree(browser.evaluate("document.getElementById('preview').textContent")
                                        .asText()))
                        .isEqualTo(preview);
            }
        }
    }

    @Test
    void showsBeforeInRedAndAfterInGreenInBothSchemes() throws Exception {
        try (Chromium browser = Chromium.open()) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.screen(1280, 800, dark);
                browser.open(page.toUri().toString());

                assertThat(colour(browser, ".diff del")).isEqualTo(dark ? "rgb(255, 154, 162)" : "rgb(165, 29, 43)");
                assertThat(colour(browser, ".diff ins")).isEqualTo(dark ? "rgb(111, 220, 166)" : "rgb(15, 106, 66)");
                assertThat(text(browser, ".diff del")).isEqualTo("\"Purchased\"");
            }
        }
    }

    @Test
    void neverScrollsSidewaysOnAPhoneAndPrintsItsExamples() throws Exception {
        try (Chromium browser = Chromium.open()) {
            browser.screen(360, 740, false);
            browser.open(page.toUri().toString());

            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                    .isEqualTo(360);
            assertThat(new String(browser.print(), StandardCharsets.ISO_8859_1)).startsWith("%PDF-");
            assertThat(browser.evaluate("document.querySelectorAll('details:not([open])').length")
                            .asInt())
                    .isZero();
        }
    }

    @Test
    void runsNothingAndShowsHostileTextsAsTexts() throws Exception {
        String hostile = "</script><img src=x onerror=hacked=1><script>hacked=2</script>";
        Path file = directory.resolve("hostile.html");
        Files.writeString(file, PreviewPageTest.page(hostile));
        Path injected = directory.resolve("injected.html");
        Files.writeString(
                injected,
                PreviewPageTest.page("x")
                        .replace(
                                "</main>",
                                "<script>window.hacked = 1</script><img src=\"http://127.0.0.1:1/x\"></main>"));

        try (Chromium browser = Chromium.open()) {
            browser.open(file.toUri().toString());
            assertThat(browser.complaints()).isEmpty();
            assertThat(browser.requests()).containsExactly(file.toUri().toString());
            assertThat(browser.evaluate("document.querySelectorAll('img').length + typeof window.hacked")
                            .asText())
                    .isEqualTo("0undefined");
            assertThat(text(browser, ".diff ins")).isEqualTo(hostile);

            browser.open(injected.toUri().toString());
            assertThat(browser.evaluate("typeof window.hacked").asText()).isEqualTo("undefined");
            assertThat(browser.complaints()).hasSize(2).allMatch(line -> line.contains("Content Security Policy"));
        }
    }

    private static String text(Chromium browser, String selector) throws Exception {
        return browser.evaluate("document.querySelector('%s').textContent".formatted(selector))
                .asText()
                .replace("\u202F", "");
    }

    private static String colour(Chromium browser, String selector) throws Exception {
        return browser.evaluate("getComputedStyle(document.querySelector('%s')).color".formatted(selector))
                .asText();
    }
}
