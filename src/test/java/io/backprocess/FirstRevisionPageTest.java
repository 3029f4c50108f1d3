package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page about the first revision shows is what stands in the example; {@code scripts/e2e} types its commands. */
class FirstRevisionPageTest {
    private static final Path PAGE = Path.of("docs/first-revision.md");
    private static final Path EXAMPLE = Path.of("examples/gift-split");

    @Test
    void showsTheExampleAsItIs() throws IOException {
        String example = Files.readString(EXAMPLE.resolve("src/main/java/com/example/GiftSplit.java"))
                + Files.readString(EXAMPLE.resolve("src/test/java/com/example/GiftSplitTest.java"));

        List<String> shown = blocks("java");

        assertThat(shown).hasSize(3).allSatisfy(block -> assertThat(example).contains(block));
    }

    /** The page is to be typed as it stands. */
    @Test
    void goesFromTheBuildToTheProof() throws IOException {
        String typed = String.join("", blocks("bash"));

        assertThat(typed)
                .containsSubsequence(
                        "mvn -q -DskipTests install",
                        "scripts/stack up",
                        "backprocess sample ",
                        "mvn -q -f examples/gift-split verify",
                        "backprocess preview ",
                        "backprocess plan ",
                        "backprocess run ",
                        "backprocess verify ")
                .contains("--revision-jar", "--revision journal");
    }

    /** Another version of the job in the example would not be found in Maven's local repository. */
    @ParameterizedTest
    @ValueSource(strings = {"<version>0.1.0-SNAPSHOT</version>", "<junit.version>5.14.1</junit.version>"})
    void buildsAgainstTheVersionsOfThisProject(String line) throws IOException {
        String version = line.replaceAll("<[^>]+>", "");

        assertThat(Files.readString(Path.of("pom.xml"))).contains(line);
        assertThat(Files.readString(EXAMPLE.resolve("pom.xml"))).contains(".version>" + version + "</");
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
