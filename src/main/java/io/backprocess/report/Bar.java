package io.backprocess.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A part of a bar that is drawn without a script.
 *
 * @param style the class by which the style sheet colours it
 */
record Bar(String style, String x, String width) {
    /** Returns the parts of a bar, which is 1000 wide as a whole. */
    static List<Bar> composition(long whole, List<Figure> parts) {
        List<Bar> bars = new ArrayList<>();
        double x = 0;
        for (Figure part : parts) {
            double width = whole <= 0 ? 0 : Math.max(0, 1000.0 * part.count() / whole);
            bars.add(new Bar(part.name(), number(x), number(width)));
            x += width;
        }
        return bars;
    }

    static String number(double number) {
        return String.format(Locale.ROOT, "%.3f", number);
    }
}
