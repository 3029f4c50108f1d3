package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in a shell that is set up unlike the author's. */
@SuppressWarnings("NullAway.Init")
class ScriptsTest {
    private static final String COMMON = ". scripts/stack.d/common.sh; ";

    @TempDir
    Path directory;

    private String out;
    private String err;

    @BeforeEach
    void begin() {
        out = "";
        err = "";
    }

    @Test
    void findTheProjectWithCdpathSet() throws Exception {
        assertThat(bash(COMMON + "echo \"$REPO\"", Map.of("CDPATH", ".:.."))).isZero();

        assertThat(out.strip()).isEqualTo(Path.of("").toAbsolutePath().toString());
    }

    @Test
    void findTheProjectThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(
                directory.resolve("flink"), Path.of("scripts/flink").toAbsolutePath());

        assertThat(bash("exec " + link + " --dir " + directory + "/none list", Map.of()))
                .isEqualTo(1);

        assertThat(err.strip())
                .startsWith("flink: no stack in " + directory + "/none: start one with scripts/stack up");
    }

    @Test
    void takeTheJavaOfThePathIfJavaHomeIsWrong() throws Exception {
        assertThat(bash(COMMON + "find_java; echo \"$JAVA ${JAVA_HOME-unset}\"", Map.of("JAVA_HOME", "/nonexistent")))
                .isZero();

        assertThat(out.strip()).isEqualTo("java unset");
        assertThat(err.strip())
                .endsWith("JAVA_HOME is /nonexistent, but there is no /nonexistent/bin/java: trying java of the PATH");
    }

    @Test
    void sayThatThereIsNoJava() throws Exception {
        assertThat(bash(COMMON + "PATH=/nonexistent; find_java", Map.of("JAVA_HOME", "/nonexistent")))
                .isEqualTo(1);

        assertThat(err.strip()).endsWith("no Java found: install Java 17, or set JAVA_HOME");
    }

    @Test
    void callJava8ByItsName() throws Exception {
        Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        assertThat(bash(COMMON + "find_java", Map.of("JAVA_HOME", directory.toString())))
                .isEqualTo(1);

        assertThat(err.strip()).endsWith("Java 8 found (%s), 17 is needed: set JAVA_HOME".formatted(java));
    }

    /** The program of the script is compiled here if it has not been before. */
    @Test
    void runTheStackFromAnotherDirectoryInAShellThatIsSetUpBadly() throws Exception {
        Path elsewhere = Files.createDirectories(directory.resolve("a place with spaces"));
        Path link = Files.createSymbolicLink(
                elsewhere.resolve("stack"), Path.of("scripts/stack").toAbsolutePath());

        assertThat(bash(
                        "cd '" + elsewhere + "' && './stack' status --dir 'a stack'",
                        Map.of("CDPATH", ".:..", "JAVA_HOME", "/nonexistent")))
                .isEqualTo(1);

        assertThat(out.strip()).isEqualTo("There is no stack in " + link.resolveSibling("a stack") + ".");
    }

    @Test
    void goOnWithoutALogThatCannotBeWritten() throws Exception {
        Files.writeString(directory.resolve("file"), "");

        assertThat(bash(COMMON + "log_file " + directory + "/file/log/x.log", Map.of()))
                .isZero();
        assertThat(out).isEqualTo("/dev/null\n");
        assertThat(err).contains("no log is kept: " + directory + "/file/log/x.log cannot be written");

        assertThat(bash(COMMON + "log_file " + directory + "/log/x.log", Map.of()))
                .isZero();
        assertThat(out).isEqualTo(directory + "/log/x.log\n");
        assertThat(err).isEmpty();
    }

    private int bash(String script, Map<String, String> environment) throws IOException, InterruptedException {
        Path stdout = directory.resolve("stdout");
        Path stderr = directory.resolve("stderr");
        ProcessBuilder bash = new ProcessBuilder("bash", "-c", script)
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        bash.environment().keySet().removeIf(name -> name.startsWith("FLINK_") || name.startsWith("BACKPROCESS_"));
        bash.environment().putAll(environment);
        Process process = bash.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        out = Files.readString(stdout, StandardCharsets.UTF_8);
        err = Files.readString(stderr, StandardCharsets.UTF_8);
        return process.exitValue();
    }
}
