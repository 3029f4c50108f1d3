package io.backprocess.render;

import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Draws bars that need no script. The style sheet colours them by class. */
public final class Bars {
    private Bars() {}

    /** Writes one bar of several parts. */
    public static void composition(Html html, long whole, List<String> parts, ToLongFunction<String> size) {
        html.open(
                "svg",
                "class",
                "composition",
                "viewBox",
                "0 0 1000 10",
                "preserveAspectRatio",
                "none",
                "aria-hidden",
                "true");
        double x = 0;
        for (String part : parts) {
            double width = whole <= 0 ? 0 : Math.max(0, 1000.0 * size.applyAsLong(part) / whole);
            rect(html, part, x, width, 10);
            x += width;
        }
        html.close("svg");
    }

    /**
     * Writes a table cell with a bar.
     *
     * @param share the length of the bar, from 0 to 1
     */
    public static void cell(Html html, double share) {
        html.open("td", "class", "bar");
        html.open("svg", "viewBox", "0 0 100 8", "preserveAspectRatio", "none", "aria-hidden", "true");
        rect(html, "fill", 0, 100 * Math.max(0, Math.min(1, share)), 8);
        html.close("svg").close("td");
    }

    private static void rect(Html html, String name, double x, double width, int height) {
        html.open("rect", "class", name, "x", number(x), "width", number(width), "height", String.valueOf(height))
                .close("rect");
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, "%.3f", number);
    }
}
