package io.backprocess.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text inside JSON: converts between the bytes of a string literal and the Java string that it represents.
 *
 * <p>A lone surrogate, which JSON can only write as an escape, is kept. {@code encode} writes it as the three bytes that its code
 * would have. So two different texts never become the same bytes.
 */
public final class JsonText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonText() {}

    /** Returns the text as UTF-8. Lone surrogates keep the text distinct from every other text. */
    public static byte[] encode(String text) {
        return hasLoneSurrogate(text) ? encodeEachChar(text) : text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the text as a JSON string literal with its quotes. */
    public static byte[] quote(String text) {
        byte[] plain = new byte[text.length() + 2];
        plain[0] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7E || c == '"' || c == '\\') {
                return escape(text);
            }
            plain[i + 1] = (byte) c;
        }
        plain[text.length() + 1] = '"';
        return plain;
    }

    private static byte[] escape(String text) {
        StringBuilder literal = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (c == '"' || c == '\\') {
                literal.append('\\').append(c);
            } else if (c < 0x20 || (Character.isSurrogate(c) && !paired)) {
                literal.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    literal.append(HEX[(c >> shift) & 0xF]);
                }
            } else if (paired) {
                literal.append(c).append(text.charAt(++i));
            } else {
                literal.append(c);
            }
        }
        return literal.append('"').toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the text of the valid string literal whose content is {@code json[start, end)}. */
    public static String decode(byte[] json, int start, int end) {
        if (!hasEscape(json, start, end)) {
            return new String(json, start, end - start, StandardCharsets.UTF_8);
        }
        StringBuilder text = new StringBuilder(end - start);
        int at = start;
        while (at < end) {
            int plain = at;
            while (at < end && json[at] != '\\') {
                at++;
            }
            text.append(new String(json, plain, at - plain, StandardCharsets.UTF_8));
            if (at < end) {
                at = unescape(json, at + 1, text);
            }
        }
        return text.toString();
    }

    private static int unescape(byte[] json, int at, StringBuilder text) {
        switch (json[at]) {
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'u' -> {
                int code = 0;
                for (int i = at + 1; i < at + 5; i++) {
                    code = (code << 4) | Character.digit(json[i], 16);
                }
                text.append((char) code);
                return at + 5;
            }
            default -> text.append((char) json[at]);
        }
        return at + 1;
    }

    public static boolean hasEscape(byte[] json, int start, int end) {
        for (int i = start; i < end; i++) {
            if (json[i] == '\\') {
                return true;
            }
        }
        return false;
    }

    /** Tells whether the string literal whose content is {@code json[start, end)} represents the text. */
    public static boolean equal(byte[] json, int start, int end, String text) {
        if (isPlain(json, start, end, text)) {
            return true;
        }
        for (int at = start; at < end; at++) {
            if (json[at] < 0 || json[at] == '\\') {
                return decode(json, start, end).equals(text);
            }
        }
        return false;
    }

    /** Tells whether the string literal's content is the text byte for byte, all of it ASCII. */
    public static boolean isPlain(byte[] json, int start, int end, String text) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            byte b = json[start + i];
            if (b != text.charAt(i) || b == '\\') {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells whether the text contains half of a surrogate pair without the other half. Such a half is not a character, and UTF-8
     * cannot encode it.
     */
    public static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] encodeEachChar(String text) {
        byte[] bytes = new byte[text.length() * 3];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[length++] = (byte) c;
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xC0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            } else {
                bytes[length++] = (byte) (0xE0 | (c >> 12));
                bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            }
        }
        return Arrays.copyOf(bytes, length);
    }
}
