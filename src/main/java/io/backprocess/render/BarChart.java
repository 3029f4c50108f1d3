package io.backprocess.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Draws counts as bars. The largest bar is as wide as the terminal allows. */
public final class BarChart {
    private static final int NARROWEST = 10;

    private BarChart() {}

    public static String of(String title, Map<String, Long> counts, int terminalWidth) {
        List<Map.Entry<String, Long>> rows = new ArrayList<>(counts.entrySet());
        int labels = rows.stream().mapToInt(row -> row.getKey().length()).max().orElse(0);
        int figures = rows.stream()
                .mapToInt(row -> Words.count(row.getValue()).length())
                .max()
                .orElse(0);
        long most = rows.stream().mapToLong(Map.Entry::getValue).max().orElse(1);
        int widest = Math.max(NARROWEST, terminalWidth - labels - figures - 6);
        StringBuilder text = new StringBuilder(title).append(System.lineSeparator());
        for (Map.Entry<String, Long> row : rows) {
            long width = Math.max(1, Math.round((double) row.getValue() / most * widest));
            String figure = Words.count(row.getValue());
            text.append("  ")
                    .append(row.getKey())
                    .append(" ".repeat(labels - row.getKey().length() + 2 + figures - figure.length()))
                    .append(figure)
                    .append("  ")
                    .append("█".repeat((int) width))
                    .append(System.lineSeparator());
        }
        return text.toString();
    }
}
