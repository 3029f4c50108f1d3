package io.backprocess.upsert;

import io.backprocess.upsert.JudgedRow.Difference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds a row of the table to the rows that results give for its key. */
final class RowJudge {
    private static final int MAX_DIFFERENCES = 20;

    private final TableLayout layout;
    private final Certainty certainty;

    /**
     * The facts that decide whether a difference is an error.
     *
     * @param isSettled whether the batch writes no further rows
     * @param isExact whether results are the envelopes that rows were made of. A schema may add values to them
     */
    record Certainty(boolean isSettled, boolean isExact) {}

    RowJudge(TableLayout layout, Certainty certainty) {
        this.layout = layout;
        this.certainty = certainty;
    }

    /** @param stored the row of the table; null if there is none */
    JudgedRow judge(RowFold.Candidate candidates, @Nullable Object @Nullable [] stored) {
        RowFold.Candidate nearest = candidates;
        List<Integer> fewest = null;
        for (RowFold.Candidate each = candidates; stored != null && each != null; each = each.next) {
            List<Integer> differing = layout.differing(values(each), stored);
            if (fewest == null || differing.size() < fewest.size()) {
                nearest = each;
                fewest = differing;
            }
        }
        @Nullable Object[] expected = values(nearest);
        if (stored == null || fewest == null) {
            return judged(RowVerdict.MISSING, nearest, expected, List.of());
        }
        RowVerdict verdict = fewest.isEmpty() ? RowVerdict.RIGHT : verdict(nearest, expected, stored, fewest);
        @Nullable Object[] there = stored;
        return judged(
                verdict,
                nearest,
                expected,
                fewest.stream()
                        .limit(MAX_DIFFERENCES)
                        .map(column -> difference(column, expected, there))
                        .toList());
    }

    private RowVerdict verdict(
            RowFold.Candidate nearest,
            @Nullable Object[] expected,
            @Nullable Object[] stored,
            List<Integer> differing) {
        int order = layout.compareGuards(stored, expected);
        if (order != 0) {
            return order > 0 ? RowVerdict.NEWER : RowVerdict.OLDER;
        }
        if (!certainty.isSettled) {
            return RowVerdict.AHEAD;
        }
        boolean mayBeTheSame = differing.stream()
                .allMatch(column -> layout.columns().get(column).spellsInItsOwnWay()
                        || (!certainty.isExact && stored[column] == null));
        return mayBeTheSame || nearest.lane == RowFold.CROWDED ? RowVerdict.UNSURE : RowVerdict.ALTERED;
    }

    private @Nullable Object[] values(RowFold.Candidate candidate) {
        return PackedRow.unpack(candidate.row, layout.columns().size());
    }

    private JudgedRow judged(
            RowVerdict verdict, RowFold.Candidate of, @Nullable Object[] expected, List<Difference> differences) {
        return new JudgedRow(verdict, layout.keyText(expected), of.partition, of.offset, differences);
    }

    private Difference difference(int column, @Nullable Object[] expected, @Nullable Object[] stored) {
        return new Difference(
                layout.columns().get(column).column().name(),
                StoredColumn.text(expected[column]),
                StoredColumn.text(stored[column]));
    }
}
