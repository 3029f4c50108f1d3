package io.backprocess.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DeadLetterOptionsTest {
    private static final Pattern STAGE = Pattern.compile("String STAGE = \"([a-z]+)\"");

    @Test
    void knowsEveryStepThatGivesRecordsUp() throws IOException {
        List<String> stages = stages();

        assertThat(stages).contains("decode", "upsert");
        assertThat(stages)
                .allSatisfy(stage ->
                        assertThat(filter("--stage", stage).filter().stage()).isEqualTo(stage));
        assertThat(new CommandLine(new DeadLetterOptions()).getUsageMessage()).contains(stages);
    }

    @Test
    void knowsEveryReason() {
        String all = String.join(
                ",", Arrays.stream(Reason.values()).map(Reason::toString).toList());

        assertThat(filter("--reason", all).filter().reasons()).containsExactly(Reason.values());
    }

    private static DeadLetterOptions filter(String... args) {
        DeadLetterOptions options = new DeadLetterOptions();
        new CommandLine(options).parseArgs(args);
        return options;
    }

    private static List<String> stages() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> STAGE.matcher(read(file)).results())
                    .map((MatchResult found) -> found.group(1))
                    .sorted()
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
