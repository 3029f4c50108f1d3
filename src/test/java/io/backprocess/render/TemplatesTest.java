package io.backprocess.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.mustachejava.MustacheException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TemplatesTest {
    private static final Path PAGES = Path.of("src/main/resources/io/backprocess/report");
    private static final Templates TEMPLATES = new Templates(TemplatesTest.class);

    record Values(Object value) {}

    @Test
    void escapesTextInElementsAndInAttributes() {
        assertThat(fill("<b title=\"'&\u202e\u0007"))
                .startsWith(
                        "<b title=\"&lt;b title=&quot;&#39;&amp;\uFFFD\uFFFD\">&lt;b title=&quot;&#39;&amp;\uFFFD\uFFFD</b>");
        assertThat(fill("{{value}}")).startsWith("<b title=\"{{value}}\">{{value}}</b>");
    }

    @Test
    void showsFiguresAndTimesInWords() {
        assertThat(fill(1_234_567L)).startsWith("<b title=\"1\u202F234\u202F567\">");
        assertThat(fill(1234)).startsWith("<b title=\"1\u202F234\">");
        assertThat(fill(Duration.ofSeconds(65))).startsWith("<b title=\"1 min 05 s\">");
        assertThat(fill(Instant.parse("2025-11-15T08:30:00.7Z"))).startsWith("<b title=\"2025-11-15 08:30:00 UTC\">");
        assertThatThrownBy(() -> fill(0.5)).hasRootCauseInstanceOf(MustacheException.class);
    }

    @Test
    void leavesOutWhatIsNothingOrZero() {
        assertThat(fill(1L)).contains("there is some");
        assertThat(List.of(0L, 0, "", List.of(), false))
                .allSatisfy(nothing ->
                        assertThat(fill(nothing)).contains("there is none").doesNotContain("there is some"));
    }

    @Test
    void refusesANameThatNoRecordHas() {
        record Misspelt(String valeu) {}

        assertThatThrownBy(() -> TEMPLATES.fill("value.mustache", new Misspelt("x")))
                .hasStackTraceContaining("no record here has a component value");
    }

    /** What comes from outside is in none of them but the last three, whose JSON is escaped for a script. */
    @Test
    void leavesUnescapedOnlyWhatIsOfThisProgram() throws IOException {
        Pattern unescaped = Pattern.compile("\\{\\{(\\{.*?}|&.*?)}}");
        try (Stream<Path> templates =
                Files.list(PAGES).filter(file -> file.toString().endsWith(".mustache"))) {
            assertThat(templates
                            .flatMap(file -> unescaped.matcher(read(file)).results())
                            .map(MatchResult::group))
                    .containsExactlyInAnyOrder(
                            "{{{.}}}",
                            "{{{.}}}",
                            "{{{assets.style}}}",
                            "{{{statusData}}}",
                            "{{{chartsData}}}",
                            "{{{previewData}}}");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String fill(Object value) {
        return TEMPLATES.fill("value.mustache", new Values(value));
    }
}
