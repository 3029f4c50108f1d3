package io.backprocess.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.backprocess.json.ForeignJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Turns what Kafka holds into text that a terminal cannot take as a control sequence. */
public final class Printable {
    private static final int DUMPED_BYTES = 512;
    private static final int DUMPED_A_LINE = 16;
    private static final JsonFactory JSON = ForeignJson.factory().build();

    private Printable() {}

    /**
     * Returns the text on one line, with control and format characters escaped.
     *
     * @param text null is written as {@code -}
     */
    public static String line(@Nullable String text) {
        return text == null ? "-" : escape(text, false);
    }

    /**
     * Returns the text on one line as above, cut with an ellipsis.
     *
     * @param length the maximum length in chars
     */
    public static String line(@Nullable String text, int length) {
        String line = line(text);
        return line.length() <= length
                ? line
                : line.substring(0, Character.isHighSurrogate(line.charAt(length - 2)) ? length - 2 : length - 1) + "…";
    }

    /** Returns the text with control and format characters escaped, and keeps its line breaks. */
    public static String lines(String text) {
        return escape(text, true);
    }

    /** Prints a warning. The text is escaped because it may quote a topic that other programs write to. */
    public static void warn(PrintWriter err, @Nullable String warning) {
        err.println("warning: " + lines(String.valueOf(warning)));
        err.flush();
    }

    private static String escape(String text, boolean keepLines) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (character == '\n' && keepLines) {
                safe.append('\n');
            } else if (isHarmful(character)) {
                for (char each : Character.toChars(character)) {
                    safe.append("\\u%04x".formatted((int) each));
                }
            } else {
                safe.appendCodePoint(character);
            }
        });
        return safe.toString();
    }

    /** Tells whether a code point is a control or format character, a line separator, or half a surrogate pair. */
    private static boolean isHarmful(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** Returns JSON indented, other text unchanged, and anything else as the beginning of a hex dump. */
    public static String value(byte[] value) {
        String text = readable(value);
        if (text == null) {
            return dump(value);
        }
        String laidOut = layOut(text);
        return lines(laidOut == null ? text : laidOut);
    }

    /** Describes a value: its number of bytes, and whether it is JSON, other text or no text. */
    public static String kind(byte @Nullable [] value) {
        if (value == null) {
            return "null";
        }
        String text = readable(value);
        return "%s bytes%s"
                .formatted(
                        Words.count(value.length),
                        text == null ? ", no text" : layOut(text) == null ? ", text" : ", JSON");
    }

    /** Returns the bytes as text, or null if they are not meant as text: they are no UTF-8, or one of them is 0. */
    private static @Nullable String readable(byte[] value) {
        String text = text(value);
        return text == null || text.indexOf('\0') >= 0 ? null : text;
    }

    /** Returns the bytes as text, or null if they are not valid UTF-8. */
    public static @Nullable String text(byte[] value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Indents JSON token by token, so that numbers keep their digits. Returns null if the text is not JSON. */
    private static @Nullable String layOut(String text) {
        StringWriter out = new StringWriter();
        try (JsonParser parser = JSON.createParser(text);
                JsonGenerator generator = JSON.createGenerator(out)) {
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
            printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
            generator.setPrettyPrinter(printer);
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isNumeric()) {
                    generator.writeNumber(parser.getText());
                } else {
                    generator.copyCurrentEvent(parser);
                }
                if (parser.getParsingContext().inRoot() && parser.nextToken() != null) {
                    return null;
                }
            }
        } catch (IOException e) {
            return null;
        }
        return out.toString().isEmpty() ? null : out.toString();
    }

    private static String dump(byte[] value) {
        StringBuilder dump = new StringBuilder();
        int shown = Math.min(value.length, DUMPED_BYTES);
        for (int at = 0; at < shown; at += DUMPED_A_LINE) {
            int end = Math.min(shown, at + DUMPED_A_LINE);
            String hex = HexFormat.ofDelimiter(" ").formatHex(value, at, end);
            StringBuilder ascii = new StringBuilder();
            for (int i = at; i < end; i++) {
                ascii.append(value[i] >= ' ' && value[i] < 0x7F ? (char) value[i] : '.');
            }
            dump.append("%08x  %-47s  %s%n".formatted(at, hex, ascii));
        }
        if (shown < value.length) {
            dump.append("… and %s bytes more%n".formatted(Words.count(value.length - shown)));
        }
        return dump.toString().stripTrailing();
    }
}
