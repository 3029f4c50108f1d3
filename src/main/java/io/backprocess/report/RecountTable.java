package io.backprocess.report;

import io.backprocess.batch.Figures;
import io.backprocess.verify.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The recounted figures beside the figures of the ledger and of the topics. */
record RecountTable(List<Row> rows) {
    /** @param compared the figure of the ledger, and that of the topic */
    record Row(String name, long recounted, List<Compared> compared) {}

    /**
     * A figure that must be equal to the recounted one.
     *
     * @param style the class by which the style sheet shows whether it is; null if there is no such figure
     */
    record Compared(@Nullable Long count, @Nullable String style) {
        static Compared of(@Nullable Long count, long recounted) {
            return new Compared(count, count == null ? null : count == recounted ? "same" : "differs");
        }
    }

    static RecountTable of(Verification verification) {
        List<Row> rows = new ArrayList<>();
        rows.add(row("read", verification, Figures::read, null));
        rows.add(row("skipped", verification, Figures::skipped, null));
        if (verification.outcomes().ledger().outside()
                        + verification.recounted().outside()
                > 0) {
            rows.add(row("outside", verification, Figures::outside, null));
        }
        rows.add(row("duplicates", verification, Figures::duplicates, null));
        rows.add(row(
                "dead letters",
                verification,
                Figures::deadLetters,
                verification.outcomes().deadLettersOnTopic()));
        rows.add(row("taken", verification, Figures::taken, null));
        rows.add(row(
                "results",
                verification,
                Figures::results,
                verification.outcomes().resultsOnTopic()));
        return new RecountTable(rows);
    }

    private static Row row(
            String name, Verification verification, ToLongFunction<Figures> figure, @Nullable Long onTopic) {
        long recounted = figure.applyAsLong(verification.recounted());
        long ledger = figure.applyAsLong(verification.outcomes().ledger());
        return new Row(name, recounted, List.of(Compared.of(ledger, recounted), Compared.of(onTopic, recounted)));
    }
}
