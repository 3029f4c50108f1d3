package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the Dockerfile says agrees with the files that it is made of. `scripts/e2e image` builds and runs it. */
class ImageTest {
    @Test
    void takesTheLog4jThatTheStackTakes() throws IOException {
        String version = one("<log4j\\.version>(.+)</log4j\\.version>", Path.of("pom.xml"));

        assertThat(one("(?m)^ARG LOG4J_VERSION=(.+)$", Path.of("Dockerfile"))).isEqualTo(version);
    }

    @Test
    void namesTheFlinkThatTheJobIsBuiltFor() throws IOException {
        String version = one("<flink\\.version>(.+)</flink\\.version>", Path.of("pom.xml"));

        assertThat(Files.readString(Path.of("Dockerfile"))).contains("flink:" + version + "-java17");
    }

    @Test
    void standsOnADigestAndRunsAsAUserThatIsNotRoot() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("Dockerfile"));

        assertThat(lines)
                .filteredOn(line -> line.startsWith("FROM "))
                .isNotEmpty()
                .allMatch(line -> line.contains("@${FLINK_DIGEST}"));
        assertThat(lines).filteredOn(line -> line.startsWith("USER ")).last().isEqualTo("USER 9999:9999");
        assertThat(lines).contains("ARG FLINK_DIGEST");
    }

    @Test
    void letsTheBuildSeeWhatItCopiesAndNothingElse() throws IOException {
        List<String> seen = Files.readAllLines(Path.of(".dockerignore"));

        assertThat(seen)
                .filteredOn(line -> !line.startsWith("#"))
                .containsExactly("*", "!target/backprocess.jar", "!target/image/", "!flink-conf/");
    }

    @Test
    void logsTheSameLinesToTheConsoleAsToAFile() throws IOException {
        assertThat(template("log4j-console.properties", "console")).isEqualTo(template("log4j.properties", "file"));
    }

    private static String template(String file, String appender) throws IOException {
        return one(
                "(?s)appender\\." + appender + "\\.layout\\.eventTemplate = (.+?\n  })",
                Path.of("flink-conf").resolve(file));
    }

    private static String one(String pattern, Path file) throws IOException {
        List<String> found = Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(found).as("%s in %s", pattern, file).hasSize(1);
        return found.get(0);
    }
}
