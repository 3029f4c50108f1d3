package io.backprocess.render;

import java.util.List;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;

/** Colours for a terminal; for anything else none. What is coloured is text, whatever picocli's markup it may hold. */
public final class Colours {
    private final ColorScheme scheme;

    public Colours(ColorScheme scheme) {
        this.scheme = scheme;
    }

    /** How it was. */
    public String before(String text) {
        return in(Style.fg_red, text);
    }

    /** How it is now. */
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
