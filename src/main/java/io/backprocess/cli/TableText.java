package io.backprocess.cli;

import io.backprocess.render.Printable;
import io.backprocess.render.Words;
import io.backprocess.verify.VerifiedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes the comparison of a table for people. */
final class TableText {
    private static final int ROWS_SHOWN = 20;
    private static final int OTHERS_SHOWN = 5;

    private TableText() {}

    static String of(VerifiedTable table) {
        List<String> lines = new ArrayList<>();
        table.unknown().stream().limit(ROWS_SHOWN).forEach(row -> lines.add("cannot tell: " + row.why()));
        VerifiedTable.RowCounts rows = table.rows();
        long unknown = rows.newer() + rows.ahead() + rows.unsure();
        if (unknown > ROWS_SHOWN) {
            lines.add("… and %s more rows".formatted(Words.count(unknown - ROWS_SHOWN)));
        }
        if (!table.others().isEmpty()) {
            lines.add("rows without a result, for example: "
                    + table.others().stream()
                            .limit(OTHERS_SHOWN)
                            .map(TableText::key)
                            .collect(Collectors.joining("; ")));
        }
        lines.add("table %s%s: %s"
                .formatted(
                        table.name(),
                        table.sample() == null ? "" : " (" + table.sample() + ")",
                        String.join(", ", counts(rows))));
        if (table.problem() != null) {
            lines.add("the table could not be compared to its end: " + table.problem());
        }
        return lines.stream()
                .map(line -> Printable.line(line) + System.lineSeparator())
                .collect(Collectors.joining());
    }

    private static String key(Map<String, String> key) {
        return key.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Returns the counts that are not zero, after those that a reader always wants. */
    private static List<String> counts(VerifiedTable.RowCounts rows) {
        List<String> counts = new ArrayList<>();
        counts.add(Words.count(rows.keys()) + " keys");
        counts.add(Words.count(rows.right()) + " right");
        add(counts, rows.missing(), "missing");
        add(counts, rows.altered(), "altered");
        add(counts, rows.older(), "older than their result");
        counts.addAll(unknownCounts(rows));
        return counts;
    }

    private static List<String> unknownCounts(VerifiedTable.RowCounts rows) {
        List<String> counts = new ArrayList<>();
        add(counts, rows.newer(), "newer than their results");
        add(counts, rows.ahead(), "perhaps of results that are not committed yet");
        add(counts, rows.unsure(), "that cannot be compared");
        add(counts, rows.withoutResult() == null ? 0 : rows.withoutResult(), "without a result");
        add(counts, rows.unreadableResults(), "results that cannot be rows");
        return counts;
    }

    private static void add(List<String> counts, long count, String what) {
        if (count > 0) {
            counts.add(Words.count(count) + " " + what);
        }
    }

    /** Returns what is not known about the table, for the verdict. */
    static String unknown(VerifiedTable table) {
        if (table.problem() != null) {
            return "a part could not be read; verify again when the database answers";
        }
        return "nothing is known about some rows: %s; all others are right"
                .formatted(String.join(", ", unknownCounts(table.rows())));
    }
}
