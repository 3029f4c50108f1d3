package io.backprocess.format.protobuf;

import com.google.protobuf.DescriptorProtos.Edition;
import io.backprocess.format.UnfitException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The statement {@code edition = "2023";} at the beginning of a file. The parser knows no editions, but all else of such a file is
 * as in proto3, where fields have no label either.
 */
record EditionStatement(Edition edition, int start, int end) {
    private static final Pattern STATEMENT = Pattern.compile("edition\\s*=\\s*[\"'](\\w+)[\"']\\s*;");

    /** Finds the statement; returns null where the file begins with anything else. */
    static @Nullable EditionStatement of(String text) throws UnfitException {
        int start = afterComments(text);
        Matcher statement = STATEMENT.matcher(text).region(start, text.length());
        if (!statement.lookingAt()) {
            return null;
        }
        try {
            return new EditionStatement(
                    Edition.valueOf("EDITION_" + statement.group(1)), statement.start(), statement.end());
        } catch (IllegalArgumentException e) {
            throw new UnfitException("edition " + statement.group(1) + " of Protobuf is not known");
        }
    }

    private static int afterComments(String text) {
        int at = 0;
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (text.startsWith("//", at)) {
                int line = text.indexOf('\n', at);
                at = line < 0 ? text.length() : line;
            } else if (text.startsWith("/*", at)) {
                int close = text.indexOf("*/", at + 2);
                at = close < 0 ? text.length() : close + 2;
            } else {
                return at;
            }
        }
        return at;
    }

    /** Returns the text with a statement that the parser knows; lines stay where they are. */
    String asSyntax(String text) {
        String lines = "\n".repeat((int)
                text.substring(start, end).chars().filter(c -> c == '\n').count());
        return text.substring(0, start) + "syntax = \"proto3\";" + lines + text.substring(end);
    }
}
