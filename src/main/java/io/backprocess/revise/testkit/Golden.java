package io.backprocess.revise.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The results of a whole history as text, which is kept beside the test and read by people. */
final class Golden {
    private static final String PROPERTY = "backprocess.golden";

    private final RevisionTester tester;
    private final Path history;

    Golden(RevisionTester tester, Path history) {
        this.tester = tester;
        this.history = history;
    }

    void matches(Path golden) {
        List<String> actual = told();
        try {
            if ("write".equals(System.getProperty(PROPERTY))) {
                Files.write(golden, actual);
                return;
            }
            if (!Files.exists(golden)) {
                throw new AssertionError("there is no %s yet; %s".formatted(golden, howToWrite()));
            }
            compare(golden, Files.readAllLines(golden), actual);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> told() {
        List<String> lines = new ArrayList<>();
        int number = 0;
        try {
            for (String line : Files.readAllLines(history)) {
                number++;
                if (!line.isBlank()) {
                    tell(number, tester.given(line), lines);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    private static void tell(int number, Revised revised, List<String> lines) {
        boolean hasResults = revised.hasResults();
        String heading = "# line %s, %s".formatted(number, revised.event());
        lines.add(oneLine(hasResults ? heading : heading + ": " + revised.text()));
        if (hasResults) {
            lines.addAll(revised.results());
        }
    }

    /** Makes one line of a message, which may contain any characters. */
    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) ? "\\u%04x".formatted((int) c) : String.valueOf(c));
        }
        return line.toString();
    }

    private void compare(Path golden, List<String> expected, List<String> actual) {
        String heading = "";
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            String one = i < expected.size() ? expected.get(i) : "(the end)";
            String other = i < actual.size() ? actual.get(i) : "(the end)";
            heading = other.startsWith("# ") ? other : heading;
            if (!one.equals(other)) {
                throw new AssertionError("%s differs in line %s; %s, %s%n%s%n%s"
                        .formatted(
                                golden,
                                i + 1,
                                history,
                                heading.replaceFirst("^# ", "").replaceFirst(":.*", ""),
                                Difference.between(one, other, "expected", "actual"),
                                howToWrite()));
            }
        }
    }

    private static String howToWrite() {
        return "if what comes out is right, run the test once with -D" + PROPERTY + "=write";
    }
}
