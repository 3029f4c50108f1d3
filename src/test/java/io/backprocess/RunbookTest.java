package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.event.Reason;
import io.backprocess.plan.BatchEstimate;
import io.backprocess.plan.Sizing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/runbook.md says to type can be typed, every alert has its section, and its table is what the code reckons. */
class RunbookTest {
    private static final Path PAGE = Path.of("docs/runbook.md");
    private static final Pattern TYPED = Pattern.compile("(?m)^ +scripts/backprocess (.+)$");
    private static final Pattern ALERT = Pattern.compile("(?m)^ +- alert: (\\w+)$");
    private static final Pattern RUNBOOK = Pattern.compile("(?m)^ +runbook: \"(.*)\"$");
    private static final Pattern NAMED = Pattern.compile("scripts/backprocess ([a-z ]+[a-z]) --batch-id");
    private static final Pattern LINK = Pattern.compile("\\]\\(#([a-z-]+)\\)");
    private static final String TABLE_END = "<!-- /sizing -->";

    @Test
    void showsOnlyCommandsThatExist() throws IOException {
        List<String> typed = all(TYPED, page());

        assertThat(typed).hasSizeGreaterThan(30);
        for (String line : typed) {
            assertThatCode(() -> Backprocess.commandLine().parseArgs(words(line)))
                    .as(line)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void hasASectionForEachAlertAndForNothingElse() throws IOException {
        List<String> headings = sections(page()).keySet().stream()
                .filter(heading -> heading.startsWith("Backprocess"))
                .toList();

        // One alert may have several rules.
        assertThat(headings)
                .containsExactlyElementsOf(
                        all(ALERT, rules()).stream().distinct().toList());
    }

    @Test
    void saysToTypeWhatTheAlertItselfSaysToType() throws IOException {
        Map<String, String> sections = sections(page());
        List<String> alerts = all(ALERT, rules());
        List<String> runbooks = all(RUNBOOK, rules());

        assertThat(runbooks).hasSameSizeAs(alerts);
        for (int alert = 0; alert < alerts.size(); alert++) {
            for (String command : all(NAMED, runbooks.get(alert))) {
                assertThat(sections.get(alerts.get(alert)))
                        .as(alerts.get(alert))
                        .contains("    scripts/backprocess " + command + " --batch-id B");
            }
        }
    }

    /** Alerts select dead letters by the words of the code. */
    @Test
    void selectsReasonsThatThereAre() throws IOException {
        List<String> reasons = all(Pattern.compile("reason=\"([^\"]*)\""), rules());

        assertThat(reasons)
                .contains(Reason.UNKNOWN_SCHEMA.toString())
                .allSatisfy(reason -> assertThatCode(() -> Reason.of(reason)).doesNotThrowAnyException());
    }

    /** Every reason stands in the table of the operator's page, and no other word. */
    @Test
    void explainsEveryReasonOfADeadLetter() throws IOException {
        String page = Files.readString(Path.of("docs/operating.md"));
        String table = page.substring(page.indexOf("| reason |"), page.indexOf("Too many dead letters"));

        assertThat(all(Pattern.compile("(?m)^\\| `([a-z-]+)` \\|"), table))
                .containsExactlyElementsOf(
                        Stream.of(Reason.values()).map(Reason::toString).toList());
    }

    @Test
    void linksToSectionsThatAreThere() throws IOException {
        List<String> anchors = sections(page()).keySet().stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT).replace(' ', '-'))
                .toList();

        assertThat(anchors).containsAll(all(LINK, page()));
    }

    /** With {@code -Drunbook.write} it writes the table instead. */
    @Test
    void hasTheSizesThatPlanReckons() throws IOException {
        String table = String.join(
                "",
                row(10_000_000L, 570, 4, 2),
                row(100_000_000L, 570, 4, 2),
                row(100_000_000L, 570, 12, 12),
                row(100_000_000L, 2000, 12, 12),
                row(1_000_000_000L, 570, 20, 20),
                row(1_000_000_000L, 2000, 48, 48),
                row(10_000_000_000L, 570, 20, 20),
                row(10_000_000_000L, 570, 100, 100),
                row(10_000_000_000L, 570, 400, 400),
                row(10_000_000_000L, 2000, 400, 400));
        String page = page();
        int start = page.indexOf("|---", page.indexOf("<!-- sizing -->"));
        start = page.indexOf('\n', start) + 1;

        if (Boolean.getBoolean("runbook.write")) {
            Files.writeString(PAGE, page.substring(0, start) + table + page.substring(page.indexOf(TABLE_END)));
            return;
        }
        assertThat(page.substring(start, page.indexOf(TABLE_END))).isEqualTo(table);
    }

    private static String row(long records, int bytes, int partitions, int parallelism) {
        Sizing sizing = Sizing.of(plan(records, partitions), records, bytes, parallelism);
        return "| %s | %s | %d | %d | %s | %d × %.1f GiB | %.1f GiB | %.1f GiB | %s MB/s |%n"
                .formatted(
                        String.format(Locale.ROOT, "%,d", records).replace(',', ' '),
                        bytes,
                        partitions,
                        parallelism,
                        time(sizing.seconds()),
                        sizing.taskManagers().number(),
                        sizing.taskManagers().mib() / 1024.0,
                        BatchEstimate.of(records).stateMib() / 1024.0,
                        2 * sizing.stateMibASlot() / 1024.0,
                        String.format(Locale.ROOT, "%,d", sizing.load().megabytesASecond())
                                .replace(',', ' '));
    }

    private static String time(long seconds) {
        return seconds < 3600
                ? "%d min".formatted(Math.round(seconds / 60.0))
                : "%d h %02d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }

    private static BatchPlan plan(long records, int partitions) {
        BatchSpec spec = new BatchSpec(
                "b",
                new BatchSpec.Range("orders", "earliest", "latest"),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
        List<OffsetRange> ranges = IntStream.range(0, partitions)
                .mapToObj(partition -> new OffsetRange(partition, 0, records / partitions))
                .toList();
        return BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(ranges, null),
                new BatchPlan.StateLayout(4096, 1),
                new BatchPlan.LedgerPlace(0, 0),
                new BatchPlan.Creation(Instant.EPOCH, "me", null));
    }

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }

    private static String rules() throws IOException {
        return Files.readString(Path.of("k8s/monitoring/rules.yml"));
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** Heading → text, of all headings. */
    private static Map<String, String> sections(String page) {
        Map<String, String> sections = new LinkedHashMap<>();
        List<MatchResult> headings =
                Pattern.compile("(?m)^#+ (.+)$").matcher(page).results().toList();
        for (int each = 0; each < headings.size(); each++) {
            int end = each + 1 < headings.size() ? headings.get(each + 1).start() : page.length();
            sections.put(
                    headings.get(each).group(1),
                    page.substring(headings.get(each).end(), end));
        }
        return sections;
    }

    /** As a shell splits a line: by blanks, but not within quotes. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        Pattern.compile("\"([^\"]*)\"|(\\S+)")
                .matcher(line)
                .results()
                .forEach(word -> words.add(word.group(1) == null ? word.group(2) : word.group(1)));
        return words.toArray(String[]::new);
    }
}
