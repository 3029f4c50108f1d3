package io.backprocess.report;

import io.backprocess.preview.Comparison;
import io.backprocess.preview.Comparison.Fate;
import io.backprocess.render.PageWords;
import java.util.ArrayList;
import java.util.List;

/**
 * The comparison of an earlier batch's results with the results that the preview would write now.
 *
 * @param whole whether the preview read the whole range
 * @param fates the records that had another outcome then, with examples
 */
record EarlierComparison(
        Comparison comparison, boolean whole, List<Figure> rows, List<ChangedOutcome> fates, Changes changes) {
    record ChangedOutcome(String title, List<Comparison.Instance> examples) {}

    static EarlierComparison of(Comparison comparison, boolean whole) {
        List<Figure> rows = new ArrayList<>();
        rows.add(row("same", "the same", comparison.tally().same(), comparison));
        rows.add(row("different", "other results", comparison.tally().different(), comparison));
        comparison.fates().forEach(fate -> rows.add(row("fate", words(fate), fate.count(), comparison)));
        rows.add(row("compared", "compared", comparison.tally().compared(), comparison));
        return new EarlierComparison(
                comparison,
                whole,
                rows,
                comparison.fates().stream()
                        .filter(fate -> !fate.examples().isEmpty())
                        .map(fate -> new ChangedOutcome(words(fate), fate.examples()))
                        .toList(),
                Changes.of(
                        "Results that differ",
                        comparison.differences(),
                        comparison.otherDifferences(),
                        comparison.tally().compared()));
    }

    private static Figure row(String name, String label, long count, Comparison comparison) {
        return new Figure(
                name, label, count, PageWords.share(count, comparison.tally().compared()));
    }

    private static String words(Fate fate) {
        return fate.words(reason -> reason);
    }
}
