package io.backprocess.cli;

import io.backprocess.flink.FlinkState;
import io.backprocess.render.Words;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Describes the state of the batch's Flink job for people. The text is empty if the job has no trouble and does not hold. */
final class FlinkStateText {
    private static final String HOLDING =
            "events wait for a service or the schema registry to answer; the TaskManager's log says why";

    private FlinkStateText() {}

    static String of(FlinkState flink) {
        return trouble(flink) + (flink.holding() ? "holding   %s%n".formatted(HOLDING) : "");
    }

    /** Returns a line for each thing that keeps the job from running well; empty if there is none. */
    static List<String> lines(FlinkState flink) {
        List<String> lines = new ArrayList<>();
        if (flink.isTroubled()) {
            lines.add("flink: " + withAdvice(flink));
        }
        if (flink.holding()) {
            lines.add("holding: " + HOLDING);
        }
        return lines;
    }

    private static String trouble(FlinkState flink) {
        if (!flink.isTroubled()) {
            return "";
        }
        return "flink     %s%n%s"
                .formatted(line(flink), flink.advice() == null ? "" : "to do     %s%n".formatted(flink.advice()));
    }

    /** Returns the state in one line, with the advice on what to do. */
    static String withAdvice(FlinkState flink) {
        return flink.advice() == null ? line(flink) : line(flink) + "; " + flink.advice();
    }

    private static String line(FlinkState flink) {
        StringBuilder text = new StringBuilder("the job is ").append(flink.state());
        if (flink.lacksSlots()) {
            text.append(", but %d of its %d subtasks wait for slots; the cluster has %d"
                    .formatted(
                            flink.needs().waiting(),
                            flink.needs().subtasks(),
                            flink.needs().slots()));
        }
        if (flink.failures().restarts() > 0) {
            text.append(", restarted %s time%s"
                    .formatted(
                            Words.count(flink.failures().restarts()),
                            flink.failures().restarts() == 1 ? "" : "s"));
        }
        if (flink.failures().lastFailure() != null && flink.failures().lastFailureAt() != null) {
            text.append("; last failure at ")
                    .append(flink.failures().lastFailureAt().truncatedTo(ChronoUnit.SECONDS))
                    .append(": ")
                    .append(flink.failures().lastFailure());
        }
        return text.toString();
    }
}
