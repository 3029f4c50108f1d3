package io.backprocess.report;

import io.backprocess.render.PageWords;
import io.backprocess.verify.Finding;
import io.backprocess.verify.Unknown;
import io.backprocess.verify.Verification;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The findings of the recount, or the ranges that it could not check.
 *
 * @param more a sentence about those that are not shown; null if all are shown
 */
record Problems(Sheet sheet, @Nullable String more) {
    private static final int SHOWN = 100;

    static List<Problems> of(Verification verification) {
        return Stream.of(findings(verification), unknown(verification))
                .filter(problems -> !problems.sheet.rows().isEmpty())
                .toList();
    }

    private static Problems findings(Verification verification) {
        return new Problems(
                new Sheet(
                        "Findings",
                        List.of("kind", "what is wrong", "topic, partition, offset"),
                        verification.remarks().findings().stream()
                                .limit(SHOWN)
                                .map(finding ->
                                        Sheet.Row.of(finding.kind().toString(), finding.message(), place(finding)))
                                .toList()),
                more(verification.remarks().findingsTotal(), "the first thousand"));
    }

    private static Problems unknown(Verification verification) {
        return new Problems(
                new Sheet(
                        "Cannot be checked",
                        List.of("why", "topic, partition, offsets"),
                        verification.remarks().unknown().stream()
                                .limit(SHOWN)
                                .map(unknown -> Sheet.Row.of(unknown.why(), place(unknown)))
                                .toList()),
                more(verification.remarks().unknown().size(), "all"));
    }

    private static @Nullable String more(long all, String listed) {
        return all <= SHOWN
                ? null
                : "… and %s more; verify --output json lists %s.".formatted(PageWords.count(all - SHOWN), listed);
    }

    private static String place(Finding finding) {
        return "%s/%d%s"
                .formatted(
                        finding.topic(), finding.partition(), finding.offset() == null ? "" : "/" + finding.offset());
    }

    private static String place(Unknown unknown) {
        return "%s/%d/%d to %d".formatted(unknown.topic(), unknown.partition(), unknown.from(), unknown.to());
    }
}
