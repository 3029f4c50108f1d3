package io.backprocess.upsert;

import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** The problems of a file, with their places. */
final class YamlProblems {
    private final String file;
    private final SortedSet<Problem> problems = new TreeSet<>(Comparator.comparingInt(Problem::line)
            .thenComparingInt(Problem::column)
            .thenComparing(Problem::message));

    private record Problem(int line, int column, String message) {}

    YamlProblems(String file) {
        this.file = file;
    }

    void add(@Nullable Mark mark, String message) {
        problems.add(
                new Problem(mark == null ? 1 : mark.getLine() + 1, mark == null ? 1 : mark.getColumn() + 1, message));
    }

    /** @throws IllegalArgumentException with all problems, one line each, in the order of the file */
    void throwIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        StringBuilder all = new StringBuilder();
        for (Problem problem : problems) {
            all.append(all.isEmpty() ? "" : System.lineSeparator())
                    .append("%s:%s:%s: %s".formatted(file, problem.line, problem.column, problem.message));
        }
        throw new IllegalArgumentException(all.toString());
    }
}
