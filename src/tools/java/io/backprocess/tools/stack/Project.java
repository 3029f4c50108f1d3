package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The checkout whose scripts run. */
public record Project(Path directory) {
    /** Returns the checkout that the shell wrapper has found. */
    public static Project ofWrapper() {
        return new Project(Path.of(System.getProperty("backprocess.project", "")));
    }

    public Path script(String name) {
        return directory.resolve("scripts").resolve(name);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    List<String> flinkConfiguration() throws IOException {
        return Files.readAllLines(file("flink-conf/config.yaml"));
    }

    /** Returns a value of the project's {@code flink-conf} (not of a distribution's, whose YAML may be nested). */
    String flinkOption(String key) throws IOException {
        return flinkConfiguration().stream()
                .filter(line -> line.startsWith(key + ": "))
                .map(line -> line.substring(key.length() + 2))
                .findFirst()
                .orElse("");
    }

    /** Returns a directory that the user has typed, as seen from the working directory. */
    public static Path absolute(String directory) {
        return Path.of(directory).toAbsolutePath();
    }

    /** Returns the directory of the stack if no option names another one. */
    Path defaultStack() {
        String ofEnvironment = System.getenv("BACKPROCESS_STACK_DIR");
        return ofEnvironment == null || ofEnvironment.isEmpty() ? file(".stack") : absolute(ofEnvironment);
    }
}
