package io.backprocess.tools.stack;

import java.util.List;
import java.util.regex.Pattern;

/** A text as its words. */
public final class Words {
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private Words() {}

    /** Returns the parts of a text between its spaces and line ends. */
    public static List<String> of(String text) {
        return SPACE.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
    }
}
