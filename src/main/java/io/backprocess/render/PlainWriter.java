package io.backprocess.render;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;

/**
 * Writes for a terminal with a small charset, for example under {@code LC_ALL=C}. Bars and arrows become ASCII; any other
 * character that the charset lacks becomes an escape as in JSON.
 */
public final class PlainWriter extends FilterWriter {
    private final CharsetEncoder encoder;

    public PlainWriter(Writer out, Charset charset) {
        super(out);
        encoder = charset.newEncoder();
    }

    @Override
    public void write(int character) throws IOException {
        char c = (char) character;
        if (encoder.canEncode(c)) {
            out.write(c);
            return;
        }
        out.write(
                switch (c) {
                    case '█' -> "#";
                    case '→' -> "->";
                    case '…' -> "...";
                    case 'µ' -> "u";
                    case '\u00a0', '\u202f' -> " ";
                    default -> String.format("\\u%04x", (int) c);
                });
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        for (int i = from; i < from + length; i++) {
            write(text[i]);
        }
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
        for (int i = from; i < from + length; i++) {
            write(text.charAt(i));
        }
    }
}
