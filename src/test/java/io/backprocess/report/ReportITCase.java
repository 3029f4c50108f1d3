package io.backprocess.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.Backprocess;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.testing.Chromium;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.verify.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The page of a real batch, in a real browser. */
class ReportITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory = Path.of("");

    private static String batch = "";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void aBatch() {
        batch = new ReportITCase().completed(5000);
    }

    private String completed(int events) {
        String topic = KAFKA.unique("orders");
        String id = KAFKA.unique("batch");
        assertThat(run("sample", "--topic", topic, "--events", String.valueOf(events), "--execute"))
                .isZero();
        assertThat(run(
                        "run",
                        "--source-topic",
                        topic,
                        "--batch-id",
                        id,
                        "--from",
                        "earliest",
                        "--from-version",
                        "1",
                        "--revision",
                        "purchase-split",
                        "--local",
                        "--parallelism",
                        "2",
                        "--checkpoint-interval",
                        "300 ms",
                        "--max-rate",
                        "2000"))
                .as(err.toString())
                .isZero();
        return id;
    }

    @Test
    void showsTheFiguresOfStatusAndDrawsItsChartsWithoutAComplaintAndWithoutTheNetwork() throws Exception {
        JsonNode status = status();
        Path page = report("page.html", "--verify");

        try (Chromium browser = Chromium.open()) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.screen(1280, 800, dark);
                browser.open(page.toUri().toString());

                assertThat(browser.complaints()).isEmpty();
                assertThat(browser.requests()).containsExactly(page.toUri().toString());
                assertThat(browser.evaluate("document.getElementById('verdict').textContent")
                                .asText())
                        .isEqualTo("Complete, and proven");
                for (String figure : List.of("read", "results", "deadLetters", "duplicates", "skipped")) {
                    String shown = browser.evaluate(
                                    "document.querySelector('[data-figure=%s]').textContent".formatted(figure))
                            .asText();
                    assertThat(shown.replace("\u202F", ""))
                            .as(figure)
                            .isEqualTo(status.path(figure).asText());
                }
                assertThat(new ObjectMapper()
                                .readTree(browser.evaluate("document.getElementById('status').textContent")
                                        .asText()))
                        .isEqualTo(status);
                assertDrawn(browser, "progress", "--read");
                assertDrawn(browser, "throughput", "--read");
                assertDrawn(browser, "dead-letters", "--rejected");
            }
        }
    }

    @Test
    void countsInItsTablesWhatStatusCounts() throws Exception {
        JsonNode status = status();
        Path page = report("tables.html");

        try (Chromium browser = Chromium.open()) {
            browser.open(page.toUri().toString());

            JsonNode dead = browser.evaluate(sumsOfColumns("dead-letters"));
            List<String> reasons = new ArrayList<>();
            status.path("deadLettersByReason").fieldNames().forEachRemaining(reasons::add);
            assertThat(dead).hasSameSizeAs(reasons);
            for (int i = 0; i < reasons.size(); i++) {
                assertThat(dead.get(i).asLong())
                        .as(reasons.get(i))
                        .isEqualTo(status.path("deadLettersByReason")
                                .path(reasons.get(i))
                                .asLong());
            }
            assertThat(browser.evaluate(
                                    "JSON.parse(document.getElementById('charts').textContent).progress.read.at(-1)")
                            .asLong())
                    .isEqualTo(status.path("read").asLong());
        }
    }

    @Test
    void neverScrollsSidewaysOnAPhone() throws Exception {
        Path page = report("phone.html");

        try (Chromium browser = Chromium.open()) {
            browser.screen(360, 740, false);
            browser.open(page.toUri().toString());
            browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)");
            browser.settle();

            assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                    .isEqualTo(360);
            assertThat(browser.evaluate("document.querySelector('#progress canvas').getBoundingClientRect().right")
                            .asInt())
                    .isLessThan(360);
        }
    }

    @Nightly
    @Test
    void printsEverythingOnPaperInLightColours() throws Exception {
        Path page = report("paper.html");

        try (Chromium browser = Chromium.open()) {
            browser.screen(1280, 800, true);
            browser.open(page.toUri().toString());
            String onScreen = colour(browser, "--card");
            browser.evaluate("addEventListener('beforeprint', () => window.printed ="
                    + " getComputedStyle(document.documentElement).getPropertyValue('--card').trim()"
                    + " + document.querySelector('#dead-letters canvas').getBoundingClientRect().width)");
            byte[] pdf = browser.print();

            assertThat(new String(pdf, StandardCharsets.ISO_8859_1)).startsWith("%PDF-");
            assertThat(onScreen).isEqualTo("#171c25");
            assertThat(browser.evaluate("window.printed").asText()).isEqualTo("#ffffff640");
            assertThat(colour(browser, "--card")).isEqualTo(onScreen);
        }
    }

    @Test
    void showsHostileTextsAsTexts() throws Exception {
        String hostile = "</script><img src=x onerror=hacked=1><script>hacked=2</script>";
        Path page = directory.resolve("hostile.html");
        Files.writeString(page, Pages.of(hostile, Verdict.WRONG).html());

        try (Chromium browser = Chromium.open()) {
            browser.open(page.toUri().toString());

            assertThat(browser.complaints()).isEmpty();
            assertThat(browser.requests()).containsExactly(page.toUri().toString());
            assertThat(browser.evaluate("document.querySelectorAll('img').length + typeof window.hacked")
                            .asText())
                    .isEqualTo("0undefined");
            assertThat(browser.evaluate("document.querySelector('h1').textContent")
                            .asText())
                    .isEqualTo(hostile);
            assertDrawn(browser, "dead-letters", "--rejected");
        }
    }

    @Test
    void runsNothingThatItWasNotWrittenWith() throws Exception {
        Path page = directory.resolve("injected.html");
        Files.writeString(
                page,
                Pages.of("b", Verdict.COMPLETE)
                        .html()
                        .replace(
                                "</main>",
                                "<script>window.hacked = 1</script><img src=\"http://127.0.0.1:1/x\"></main>"));

        try (Chromium browser = Chromium.open()) {
            browser.open(page.toUri().toString());

            assertThat(browser.evaluate("typeof window.hacked").asText()).isEqualTo("undefined");
            assertThat(browser.complaints()).hasSize(2).allMatch(line -> line.contains("Content Security Policy"));
        }
    }

    @Test
    void countsAForeignRecordOnTheDeadLetterTopicAsUnknown() {
        String topic = KAFKA.unique("dlq");
        KAFKA.createTopic(topic, 2);
        KAFKA.send(new ProducerRecord<>(topic, 0, 1_700_000_000_000L, (byte[]) null, (byte[]) null));
        ProducerRecord<byte[], byte[]> lying =
                new ProducerRecord<>(topic, 1, 1_700_000_000_000L, (byte[]) null, new byte[] {1});
        lying.headers().add("__backprocess.errors.reason", "<b>".getBytes(StandardCharsets.UTF_8));
        KAFKA.sendAndAbort(List.of(new ProducerRecord<>(topic, 0, 1_700_000_000_000L, (byte[]) null, new byte[] {1})));
        KAFKA.sendAndCommit(List.of(lying));

        DeadLetterTimes times =
                DeadLetterReader.read(topic, EnvelopeMapping.OWN, KAFKA.clients(), partition -> offset -> false);

        assertThat(times.byReason()).containsOnlyKeys("unknown").containsValue(2L);
        assertThat(DeadLetterReader.read(
                                "no-such-topic", EnvelopeMapping.OWN, KAFKA.clients(), partition -> offset -> false)
                        .counted())
                .isZero();
    }

    @Nightly
    @Test
    void countsADeadLetterOnceThatWasRedrivenAndFailedAgain() throws Exception {
        String redriven = completed(2000);
        assertThat(run("redrive", "--batch-id", redriven, "--execute")).isZero();
        assertThat(out.toString()).contains("failed again");

        assertThat(run("status", "--batch-id", redriven, "--output", "json")).isZero();
        long dead =
                new ObjectMapper().readTree(out.toString()).path("deadLetters").asLong();
        Path page = directory.resolve("redriven.html");
        assertThat(run("report", "--batch-id", redriven, "--out", page.toString()))
                .as(err.toString())
                .isZero();

        assertThat(dead).isPositive();
        assertThat(Files.readString(page)).contains("%d dead letters on the topic".formatted(dead));
    }

    @Test
    void replacesAFileOnlyWhenToldTo() throws Exception {
        Path page = report("once.html");
        Files.writeString(page, "mine");

        assertThat(run("report", "--batch-id", batch, "--out", page.toString())).isEqualTo(4);
        assertThat(err.toString()).contains("already exists").contains("--force");
        assertThat(page).hasContent("mine");

        assertThat(run("report", "--batch-id", batch, "--out", page.toString(), "--force", "--output", "json"))
                .isZero();
        JsonNode written = new ObjectMapper().readTree(out.toString());
        assertThat(written.path("path").asText()).isEqualTo(page.toString());
        assertThat(written.path("state").asText()).isEqualTo("completed");
        assertThat(written.path("verdict").isNull()).isTrue();
        assertThat(written.path("bytes").asLong()).isEqualTo(Files.size(page));
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("tmp"));
        }
    }

    @Test
    void saysWhereItCannotWriteAndOfWhatThereIsNothing() {
        assertThat(run(
                        "report",
                        "--batch-id",
                        batch,
                        "--out",
                        directory.resolve("no/where.html").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("does not exist; create it");
        assertThat(run("report", "--batch-id", batch, "--out", directory.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("is a directory");
        assertThat(run(
                        "report",
                        "--batch-id",
                        "never",
                        "--out",
                        directory.resolve("x.html").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("there is no batch 'never'");
        assertThat(directory.resolve("x.html")).doesNotExist();
    }

    /** The canvas holds pixels of that colour of the style sheet. */
    private static void assertDrawn(Chromium browser, String figure, String colour) throws Exception {
        JsonNode pixels = browser.evaluate("""
                (() => {
                    const canvas = document.querySelector('#%s canvas');
                    const hex = getComputedStyle(document.documentElement).getPropertyValue('%s').trim();
                    const [r, g, b] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
                    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                    let found = 0;
                    for (let i = 0; i < data.length; i += 4) {
                        found += data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255 ? 1 : 0;
                    }
                    return found;
                })()""".formatted(figure, colour));
        assertThat(pixels.asInt()).as("pixels of %s in %s", colour, figure).isGreaterThan(50);
    }

    private static String sumsOfColumns(String figure) {
        return """
                [...document.querySelectorAll('#%s tbody tr')].map(row => [...row.querySelectorAll('td')]
                    .map(cell => Number(cell.textContent.replaceAll('\\u202f', ''))))
                    .reduce((sums, row) => sums.map((sum, i) => sum + row[i]))""".formatted(figure);
    }

    private static String colour(Chromium browser, String name) throws Exception {
        return browser.evaluate(
                        "getComputedStyle(document.documentElement).getPropertyValue('%s').trim()".formatted(name))
                .asText();
    }

    private JsonNode status() throws Exception {
        assertThat(run("status", "--batch-id", batch, "--output", "json")).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    private Path report(String name, String... further) {
        Path page = directory.resolve(name);
        List<String> args = new ArrayList<>(List.of("report", "--batch-id", batch, "--out", page.toString()));
        args.addAll(List.of(further));
        assertThat(run(args.toArray(String[]::new))).as(err.toString()).isZero();
        return page;
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--bootstrap-servers", KAFKA.bootstrapServers()));
        return Backprocess.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .execute(all.toArray(String[]::new));
    }
}
