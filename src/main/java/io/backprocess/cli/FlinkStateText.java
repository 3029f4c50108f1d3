package io.backprocess.cli;

import io.backprocess.flink.FlinkState;
import io.backprocess.render.Words;
import java.time.temporal.ChronoUnit;

/** Describes the state of the batch's Flink job for people. The text is empty if the job has no trouble. */
final class FlinkStateText {
    private FlinkStateText() {}

    static String of(FlinkState flink) {
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
                    .formatted(flink.waiting(), flink.subtasks(), flink.slots()));
        }
        if (flink.restarts() > 0) {
            text.append(
                    ", restarted %s time%s".formatted(Words.count(flink.restarts()), flink.restarts() == 1 ? "" : "s"));
        }
        if (flink.lastFailure() != null && flink.lastFailureAt() != null) {
            text.append("; last failure at ")
                    .append(flink.lastFailureAt().truncatedTo(ChronoUnit.SECONDS))
                    .append(": ")
                    .append(flink.lastFailure());
        }
        return text.toString();
    }
}
