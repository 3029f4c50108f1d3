package io.backprocess.render;

import java.util.List;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;

/** Colours text for a terminal, and leaves it plain for any other output. Picocli's markup in the text is not interpreted. */
public final class Colours {
    private final ColorScheme scheme;

    public Colours(ColorScheme scheme) {
        this.scheme = scheme;
    }

    /** Colours a value as it was before the change. */
    public String before(String text) {
        return in(Style.fg_red, text);
    }

    /** Colours a value as it is after the change. */
    public String after(String text) {
        return in(Style.fg_green, text);
    }

    public String title(String text) {
        return in(Style.bold, text);
    }

    public String aside(String text) {
        return in(Style.faint, text);
    }

    private String in(IStyle style, String text) {
        return scheme.apply(text, List.of(style)).toString();
    }
}
