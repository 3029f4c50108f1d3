package io.backprocess.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A table of figures for people. Numbers are right-aligned in groups of three digits, with one line for each row. */
public final class Table {
    private final List<String[]> rows = new ArrayList<>();

    public Table(String... heads) {
        rows.add(heads);
    }

    public void row(Object... cells) {
        rows.add(Arrays.stream(cells).map(Table::text).toArray(String[]::new));
    }

    /** Removes the named column if every row has 0 in it, since most batches do not use such a column. */
    public Table unlessZero(String head) {
        int column = List.of(rows.get(0)).indexOf(head);
        if (rows.stream().skip(1).allMatch(row -> row[column].equals("0"))) {
            rows.replaceAll(row -> IntStream.range(0, row.length)
                    .filter(at -> at != column)
                    .mapToObj(at -> row[at])
                    .toArray(String[]::new));
        }
        return this;
    }

    private static String text(Object cell) {
        return cell instanceof Long || cell instanceof Integer
                ? Words.count(((Number) cell).longValue())
                : String.valueOf(cell);
    }

    /** Returns the length of the longest cell in each column. */
    public static int[] widths(List<String[]> rows) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        return widths;
    }

    @Override
    public String toString() {
        int[] widths = widths(rows);
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                String cell = row[column];
                String pad = " ".repeat(widths[column] - cell.length());
                text.append(column == 0 ? cell + pad : "  " + pad + cell);
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }
}
