package io.backprocess.format;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.JsonSyntaxException;
import io.backprocess.json.MemberIndex;
import io.backprocess.json.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** JSON text that grows up to a limit, so that few bytes cannot fill the heap. */
public final class JsonBuffer {
    /** The text is longer than the limit. */
    public static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private FullException(int limit) {
            super("the value is longer than %d bytes as JSON".formatted(limit), null, false, false);
        }

        /** Returns the exception that a codec throws. */
        public UnfitException unfit() {
            return new UnfitException(String.valueOf(getMessage()));
        }
    }

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long SPACES = ' ' * EACH;
    /** The bytes after the text, so that eight can be written where fewer are meant. */
    private static final int SLACK = Long.BYTES;

    private static final int LARGEST_SPARE = 1 << 16;
    private static final int LONGEST_LONG = 20;
    private static final int LONGEST_ESCAPE = 6;
    private static final byte[] LOWEST = bytes(Long.toString(Long.MIN_VALUE));
    private static final byte[] HEX = bytes("0123456789abcdef");
    private static final byte[] BASE64 = bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private final int limit;
    private byte[] bytes;
    private int length;

    public JsonBuffer(int expected, int limit) {
        this(expected, limit, null);
    }

    /** @param spare bytes that the text may be put into; null if there are none */
    public JsonBuffer(int expected, int limit, byte @Nullable [] spare) {
        this.bytes = spare == null ? new byte[Math.min(expected, limit) + SLACK] : spare;
        this.limit = limit;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public int length() {
        return length;
    }

    /** Takes back all that was put after this length. */
    public void truncate(int to) {
        length = to;
    }

    /** Tells whether the text from a position on is these bytes. */
    public boolean endsWith(int from, byte[] text, int start, int end) {
        return Arrays.equals(bytes, from, length, text, start, end);
    }

    /** Returns the text from a position on. */
    public String textFrom(int from) {
        return new String(bytes, from, length - from, StandardCharsets.UTF_8);
    }

    /** Indexes the object that has been put from a position on. */
    public void index(int start, MemberIndex members) {
        JsonScanner scanner = new JsonScanner();
        scanner.reset(bytes, length);
        members.reset(bytes);
        try {
            scanner.object(start, members);
        } catch (JsonSyntaxException e) {
            throw new IllegalStateException("malformed JSON was made", e);
        }
    }

    /** Returns the bytes, for another text; null if they are too many to be kept. */
    public byte @Nullable [] spare() {
        return bytes.length > LARGEST_SPARE ? null : bytes;
    }

    private void reserve(int more) {
        if (bytes.length - SLACK - length < more) {
            grow(more);
        }
    }

    private void grow(int more) {
        if (more > limit - length) {
            throw new FullException(limit);
        }
        long wanted = Math.max(2L * bytes.length, (long) length + more);
        bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, limit) + SLACK);
    }

    public void put(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
    }

    /** Puts a text, which is usually too short for what a call of arraycopy costs. */
    public void put(byte[] text) {
        int size = text.length;
        reserve(size);
        if (size < Long.BYTES) {
            for (int i = 0; i < size; i++) {
                bytes[length + i] = text[i];
            }
        } else {
            int last = size - Long.BYTES;
            for (int i = 0; i < last; i += Long.BYTES) {
                EIGHT_BYTES.set(bytes, length + i, (long) EIGHT_BYTES.get(text, i));
            }
            EIGHT_BYTES.set(bytes, length + last, (long) EIGHT_BYTES.get(text, last));
        }
        length += size;
    }

    public void ascii(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }

    public void number(long value) {
        reserve(LONGEST_LONG);
        long rest = value;
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                put(LOWEST);
                return;
            }
            bytes[length++] = '-';
            rest = -value;
        }
        int count = 1;
        for (long power = 10; count < 19 && rest >= power; power *= 10) {
            count++;
        }
        fill(rest, count);
    }

    /** Puts the number's last digits, with leading zeros. */
    public void digits(long value, int count) {
        reserve(count);
        fill(value, count);
    }

    private void fill(long value, int count) {
        int at = length + count;
        length = at;
        long rest = value;
        for (int left = count; left > 0; left--) {
            long tenth = rest / 10;
            bytes[--at] = (byte) ('0' + (rest - tenth * 10));
            rest = tenth;
        }
    }

    /** Puts the shortest number that reads back as the same double. The JDK finds it only since version 19. */
    public void number(double value) {
        if (Double.isFinite(value)) {
            long whole = (long) value;
            if (whole == value && whole > -1_000_000 && whole < 1_000_000 && (whole != 0 || 1 / value > 0)) {
                number(whole);
                put('.');
                put('0');
            } else {
                ascii(NumberOutput.toString(value, true));
            }
        } else {
            quoted(Double.toString(value));
        }
    }

    /** Puts the shortest number that reads back as the same float. */
    public void number(float value) {
        if (Float.isFinite(value)) {
            ascii(NumberOutput.toString(value, true));
        } else {
            quoted(Float.toString(value));
        }
    }

    private void quoted(String text) {
        put('"');
        ascii(text);
        put('"');
    }

    public void base64(byte[] from, int start, int end) {
        long needed = 4L * ((end - (long) start + 2) / 3) + 2;
        reserve((int) Math.min(needed, Integer.MAX_VALUE));
        bytes[length++] = '"';
        int at = start;
        for (; end - at >= 3; at += 3) {
            int bits = ((from[at] & 0xFF) << 16) | ((from[at + 1] & 0xFF) << 8) | (from[at + 2] & 0xFF);
            bytes[length++] = BASE64[bits >> 18];
            bytes[length++] = BASE64[(bits >> 12) & 63];
            bytes[length++] = BASE64[(bits >> 6) & 63];
            bytes[length++] = BASE64[bits & 63];
        }
        if (at < end) {
            boolean two = end - at == 2;
            int bits = ((from[at] & 0xFF) << 16) | (two ? (from[at + 1] & 0xFF) << 8 : 0);
            bytes[length++] = BASE64[bits >> 18];
            bytes[length++] = BASE64[(bits >> 12) & 63];
            bytes[length++] = two ? BASE64[(bits >> 6) & 63] : (byte) '=';
            bytes[length++] = '=';
        }
        bytes[length++] = '"';
    }

    public void hex(byte[] from, int start, int end) {
        reserve(2 * (end - start));
        for (int at = start; at < end; at++) {
            bytes[length++] = HEX[(from[at] >> 4) & 15];
            bytes[length++] = HEX[from[at] & 15];
        }
    }

    /**
     * Puts UTF-8 as a string literal, escaped as {@link io.backprocess.json.JsonText} does it.
     *
     * @return the position of the first byte that is not UTF-8, where the literal ends without its quote; -1 when there is none
     */
    public int text(byte[] from, int start, int end) {
        reserve(end - start + 2);
        int to = length;
        bytes[to++] = '"';
        int at = start;
        while (true) {
            int plain = at;
            at = plain(from, at, end, to);
            to += at - plain;
            if (at == end) {
                bytes[to++] = '"';
                length = to;
                return -1;
            }
            length = to;
            if (from[at] >= 0) {
                at = escape(from[at], at, end);
            } else {
                int next = multibyte(from, at, end);
                if (next < end && from[next] < 0) {
                    return next;
                }
                at = next;
            }
            to = length;
        }
    }

    /** Copies plain ASCII, and returns the first position whose byte belongs to a longer character or needs an escape. */
    private int plain(byte[] from, int start, int end, int target) {
        byte[] out = bytes;
        int at = start;
        int to = target;
        for (; end - at >= Long.BYTES; at += Long.BYTES, to += Long.BYTES) {
            long word = (long) EIGHT_BYTES.get(from, at);
            if (!isPlain(word)) {
                break;
            }
            EIGHT_BYTES.set(out, to, word);
        }
        int left = end - at;
        if (left < Long.BYTES && from.length - at >= Long.BYTES) {
            long word = (long) EIGHT_BYTES.get(from, at);
            long mask = (1L << (Byte.SIZE * left)) - 1;
            if (isPlain((word & mask) | (SPACES & ~mask))) {
                EIGHT_BYTES.set(out, to, word);
                return end;
            }
        }
        while (at < end && from[at] >= ' ' && from[at] != '"' && from[at] != '\\') {
            out[to++] = from[at++];
        }
        return at;
    }

    private static boolean isPlain(long word) {
        long quotes = word ^ ('"' * EACH);
        long backslashes = word ^ ('\\' * EACH);
        // A borrow can only reach a byte behind one that is found anyway.
        return ((word | (word - SPACES) | (quotes - EACH) | (backslashes - EACH)) & HIGH_BITS) == 0;
    }

    private int escape(byte control, int at, int end) {
        reserve(LONGEST_ESCAPE + end - at);
        bytes[length++] = '\\';
        if (control == '"' || control == '\\') {
            bytes[length++] = control;
        } else {
            bytes[length++] = 'u';
            bytes[length++] = '0';
            bytes[length++] = '0';
            bytes[length++] = HEX[control >> 4];
            bytes[length++] = HEX[control & 15];
        }
        return at + 1;
    }

    /** Copies one character after the other, as long as they have several bytes and are valid. */
    private int multibyte(byte[] from, int start, int end) {
        int at = start;
        while (at < end && from[at] < 0) {
            int size = Utf8.characterLength(from, at, end);
            if (size == 0) {
                break;
            }
            for (int i = 0; i < size; i++) {
                bytes[length++] = from[at++];
            }
        }
        return at;
    }
}
