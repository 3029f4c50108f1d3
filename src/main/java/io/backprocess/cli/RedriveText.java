package io.backprocess.cli;

import io.backprocess.batch.BatchSpec;
import io.backprocess.render.Words;
import io.backprocess.rewrite.RedriveSummary;
import java.util.stream.Collectors;

/** Describes a redrive for people. Lines whose count is zero are left out. */
final class RedriveText {
    private final StringBuilder text = new StringBuilder();

    private RedriveText() {}

    static String of(BatchSpec spec, RedriveSummary summary) {
        RedriveText text = new RedriveText();
        boolean done = summary.executed();
        text.line("%s: %s dead letters of %s %s through %s"
                .formatted(
                        spec.batchId(),
                        Words.count(summary.selected()),
                        spec.deadLetterTopic(),
                        done ? "went" : "would go",
                        summary.revision()));
        text.line(
                summary.redriven().succeeded(),
                "%s; %s results on %s"
                        .formatted(
                                done ? "were revised" : "would be revised",
                                Words.count(summary.redriven().results()),
                                spec.resultTopic()));
        text.line(
                summary.redriven().failed(),
                "%s: %s"
                        .formatted(
                                done ? "failed again" : "would fail again",
                                summary.redriven().failedByReason().entrySet().stream()
                                        .map(entry -> entry.getKey() + " " + Words.count(entry.getValue()))
                                        .collect(Collectors.joining(", "))));
        text.line(summary.kept().unchanged(), "fail as before and stay; --max-attempts N tries them once more");
        text.line(summary.kept().conflicts(), "stay: another copy has taken their eventId (conflicting-duplicate)");
        text.line(
                summary.kept().undecided(),
                "stay: they can be read now, but another copy may have taken their eventId");
        text.line(summary.kept().skipped(), "stay: they can be read now, and are of another version or not selected");
        text.line(
                summary.kept().unanswered(),
                "stay: the service that the revision asks did not answer; redrive again when it is up");
        text.line(
                summary.kept().gone(),
                "stay: they are stored by reference, and the original at their origin is missing or differs");
        text.line(summary.leftOut().notSelected(), "were not selected");
        text.line(summary.leftOut().attemptsExhausted(), "have reached the limit --max-attempts");
        text.line(summary.leftOut().redrivenBefore(), "have been redriven before");
        text.line(summary.leftOut().foreign(), "records there are not dead letters of this batch; they stay unchanged");
        if (!done && summary.redriven().sum() > 0) {
            text.line("Nothing is written. To do it, add --execute.");
        } else if (done && summary.redriven().sum() > 0) {
            text.line("Recount it from Kafka alone: backprocess verify --batch-id " + spec.batchId());
        }
        return text.text.toString();
    }

    private void line(long count, String what) {
        if (count != 0) {
            line("  %10s  %s".formatted(Words.count(count), what));
        }
    }

    private void line(String line) {
        text.append(line).append(System.lineSeparator());
    }
}
