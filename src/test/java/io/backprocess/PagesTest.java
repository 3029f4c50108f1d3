package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages name tests and pages that exist, and the README is short enough to be read. */
class PagesTest {
    private static final Pattern ROW = Pattern.compile("^\\| (?<promise>[^|]+) \\| (?<proof>[^|]+) \\|");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|ITCase))(?:\\.(\\w+))?`");
    private static final Pattern SCRIPT = Pattern.compile("`(scripts/[\\w-]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]+)[^)]*\\)");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/promises.md"})
    void namesAProofThatExistsForEachPromise(String page) throws IOException {
        Map<String, Path> tests = tests();
        String table = Files.readString(Path.of(page)).split("which test proves it\n", 2)[1];
        List<String> rows = table.lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| promise"))
                .toList();

        assertThat(rows).hasSizeGreaterThan(5);
        for (String row : rows) {
            Matcher promise = ROW.matcher(row);
            assertThat(promise.find()).as(row).isTrue();
            String proof = promise.group("proof");
            Matcher test = TEST.matcher(proof);
            Matcher script = SCRIPT.matcher(proof);
            int found = 0;
            for (; test.find(); found++) {
                assertThat(tests).as(row).containsKey(test.group(1));
                if (test.group(2) != null) {
                    assertThat(Files.readString(tests.get(test.group(1)))).contains(" " + test.group(2) + "(");
                }
            }
            for (; script.find(); found++) {
                assertThat(Path.of(script.group(1))).isExecutable();
            }
            assertThat(found).as(row).isPositive();
        }
    }

    @Test
    void hasAShortReadme() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md"));

        assertThat(lines).hasSizeLessThanOrEqualTo(150);
        assertThat(lines)
                .allSatisfy(line ->
                        assertThat(line.length()).as(line).isLessThanOrEqualTo(line.startsWith("|") ? 160 : 120));
    }

    @Test
    void linksToPagesThatExist() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                assertThat(page.resolveSibling(link.group(1)))
                        .as("a link of %s", page)
                        .exists();
            }
        }
    }

    @Test
    void listsEveryPageInTheIndex() throws IOException {
        String index = Files.readString(Path.of("docs/README.md"));
        try (Stream<Path> files = Files.list(Path.of("docs"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".md") && !name.equals("README.md")))
                    .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
        }
    }

    /** Words that readers stumble over. The one exception is the text of stored dead letters, which {@code verify} compares. */
    @Test
    void usesPlainWords() throws IOException {
        Pattern words = Pattern.compile("\\b(mend(s|ed)?|bur(y|ies|ied)|somebody|nobody)\\b", Pattern.CASE_INSENSITIVE);
        String ofDeadLetters = "nobody can tell whether it lies in the range of --exact-times";
        for (String root :
                List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "k8s", "src/main/java", "examples")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                for (Path file : files.filter(each -> each.toString().matches(".*\\.(java|md|ya?ml)"))
                        .toList()) {
                    assertThat(words.matcher(Files.readString(file).replace(ofDeadLetters, ""))
                                    .results())
                            .as(file.toString())
                            .isEmpty();
                }
            }
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")),
                            docs.filter(file -> file.toString().endsWith(".md")))
                    .toList();
        }
    }

    private static Map<String, Path> tests() throws IOException {
        Map<String, Path> tests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file -> tests.put(file.getFileName().toString().replace(".java", ""), file));
        }
        return tests;
    }
}
