package io.backprocess.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Walks over JSON text without building objects, and reports where each value ends. It accepts what RFC 8259 and Jackson's strict
 * defaults accept: nesting up to 1000, numbers up to 1000 digits, names up to 50 000 bytes. It differs in one point: it rejects
 * text that is not well-formed UTF-8, where Jackson accepts overlong forms and encoded surrogates.
 *
 * <p>The scanner is our own because this walk is the largest cost of a batch. Jackson's streaming parser takes 1.7 times as long
 * when positions are needed (docs/adr/0002-json-scanner.md). {@code JsonScannerTest} compares it with Jackson, case by case and
 * on millions of generated documents. One scanner serves one thread.
 */
public final class JsonScanner {
    public static final int MAX_DEPTH = 1000;
    public static final int MAX_NUMBER_LENGTH = 1000;
    public static final int MAX_NAME_LENGTH = 50_000;

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private byte[] json = new byte[0];
    private int end;
    private int depth;
    /** Tells for each depth whether the container there is an object. */
    private boolean[] objects = new boolean[16];
    /** The number of characters so far that are not plain ASCII: escapes and multibyte characters. */
    private int otherThanPlain;

    /** Sets the document to walk over: {@code json[.., end)}. */
    public void reset(byte[] json, int end) {
        this.json = json;
        this.end = end;
        this.depth = 0;
    }

    /** Walks over white space and a byte order mark at the document's start, which Jackson also accepts. */
    public int start(int at) {
        boolean byteOrderMark =
                end - at >= 3 && json[at] == (byte) 0xEF && json[at + 1] == (byte) 0xBB && json[at + 2] == (byte) 0xBF;
        return space(byteOrderMark ? at + 3 : at);
    }

    /** Walks over the white space that may follow the document's only value, and rejects anything else. */
    public void finish(int at) throws JsonSyntaxException {
        int last = space(at);
        if (last < end) {
            throw unexpected(last);
        }
    }

    /** Walks over a value, from its first byte to the byte after its last. */
    public int value(int at) throws JsonSyntaxException {
        byte first = at < end ? json[at] : 0;
        return first == '{' || first == '[' ? container(at) : scalar(at);
    }

    private int scalar(int at) throws JsonSyntaxException {
        if (at >= end) {
            throw unexpected(at);
        }
        return switch (json[at]) {
            case '"' -> string(at);
            case 't' -> literal(at, "true");
            case 'f' -> literal(at, "false");
            case 'n' -> literal(at, "null");
            default -> number(at);
        };
    }

    /** Walks over an object or array of any depth without an index. It does not recurse, so that the compiler sees one loop. */
    private int container(int from) throws JsonSyntaxException {
        int outside = depth;
        int at = from;
        while (true) {
            byte first = at < end ? json[at] : 0;
            if (first == '{' || first == '[') {
                enter(at, first == '{');
                at = space(at + 1);
                if (at >= end || json[at] != closing()) {
                    at = objects[depth] ? name(at) : at;
                    continue;
                }
            } else {
                at = space(scalar(at));
            }
            while (at < end && json[at] == closing()) {
                at++;
                if (--depth == outside) {
                    return at;
                }
                at = space(at);
            }
            at = space(expect(at, ',') + 1);
            at = objects[depth] ? name(at) : at;
        }
    }

    private byte closing() {
        return (byte) (objects[depth] ? '}' : ']');
    }

    /** Walks from a name's opening quote to the first byte of its value. */
    private int name(int from) throws JsonSyntaxException {
        int at = string(expect(from, '"'));
        checkNameLength(from + 1, at - 1);
        return space(expect(space(at), ':') + 1);
    }

    /** Walks over an object and notes its members in the index. */
    public int object(int from, MemberIndex index) throws JsonSyntaxException {
        enter(from, true);
        int at = space(from + 1);
        if (at < end && json[at] == '}') {
            depth--;
            index.found(from, at + 1);
            return at + 1;
        }
        while (true) {
            int name = expect(at, '"') + 1;
            int otherBefore = otherThanPlain;
            int nameEnd = string(at) - 1;
            checkNameLength(name, nameEnd);
            boolean plain = otherThanPlain == otherBefore;
            int value = space(expect(space(nameEnd + 1), ':') + 1);
            MemberIndex child = index.childAt(name, nameEnd, value);
            int valueEnd = child == null ? value(value) : object(value, child);
            index.add(name, nameEnd, value, valueEnd, plain);
            at = space(valueEnd);
            if (at < end && json[at] == ',') {
                at = space(at + 1);
            } else {
                depth--;
                int objectEnd = expect(at, '}') + 1;
                index.found(from, objectEnd);
                return objectEnd;
            }
        }
    }

    private void checkNameLength(int start, int nameEnd) throws JsonSyntaxException {
        // The limit counts the decoded name; decoding is only worth its cost for a long one.
        if (nameEnd - start > MAX_NAME_LENGTH
                && JsonText.encode(JsonText.decode(json, start, nameEnd)).length > MAX_NAME_LENGTH) {
            throw new JsonSyntaxException("a name of more than " + MAX_NAME_LENGTH + " bytes", start);
        }
    }

    private void enter(int at, boolean object) throws JsonSyntaxException {
        if (++depth >= objects.length) {
            grow(at);
        }
        objects[depth] = object;
    }

    private void grow(int at) throws JsonSyntaxException {
        if (depth > MAX_DEPTH) {
            throw new JsonSyntaxException("nested deeper than " + MAX_DEPTH, at);
        }
        objects = Arrays.copyOf(objects, Math.min(2 * objects.length, MAX_DEPTH + 1));
    }

    /** Walks over a string, from the opening quote to the byte after the closing one. */
    int string(int from) throws JsonSyntaxException {
        int at = plainText(from + 1);
        while (at < end) {
            byte b = json[at];
            if (b == '"') {
                return at + 1;
            }
            if (b == '\\') {
                at = escape(at);
            } else if (b < 0) {
                at = multibyte(at);
            } else {
                throw unexpected(at);
            }
            at = plainText(at);
        }
        throw unexpected(at);
    }

    /** Walks eight bytes at a time to the next byte that is a quote, a backslash, a control character or not ASCII. */
    private int plainText(int from) {
        int at = from;
        while (at <= end - Long.BYTES) {
            long word = (long) EIGHT_BYTES.get(json, at);
            long quote = word ^ ('"' * EACH);
            long backslash = word ^ ('\\' * EACH);
            long special = (((quote - EACH) & ~quote)
                            | ((backslash - EACH) & ~backslash)
                            | ((word - 0x20 * EACH) & ~word)
                            | word)
                    & HIGH_BITS;
            if (special != 0) {
                return at + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            at += Long.BYTES;
        }
        while (at < end && json[at] >= 0x20 && json[at] != '"' && json[at] != '\\') {
            at++;
        }
        return at;
    }

    private int escape(int at) throws JsonSyntaxException {
        otherThanPlain++;
        if (at + 1 >= end) {
            throw unexpected(at + 1);
        }
        return switch (json[at + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
            case 'u' -> hexDigits(at + 2);
            default -> throw unexpected(at + 1);
        };
    }

    private int hexDigits(int from) throws JsonSyntaxException {
        for (int at = from; at < from + 4; at++) {
            if (at >= end || Character.digit(json[at], 16) < 0) {
                throw unexpected(at);
            }
        }
        return from + 4;
    }

    /** Walks over one character of two to four bytes. */
    private int multibyte(int at) throws JsonSyntaxException {
        otherThanPlain++;
        int length = Utf8.characterLength(json, at, end);
        if (length == 0) {
            throw new JsonSyntaxException("invalid UTF-8", at);
        }
        return at + length;
    }

    private int number(int from) throws JsonSyntaxException {
        int at = json[from] == '-' ? from + 1 : from;
        int whole = at;
        at = digits(at);
        if (json[whole] == '0' && at > whole + 1) {
            throw new JsonSyntaxException("a number with a leading zero", whole);
        }
        int length = at - whole;
        if (at < end && json[at] == '.') {
            int fraction = at + 1;
            at = digits(fraction);
            length += at - fraction;
        }
        if (at < end && (json[at] == 'e' || json[at] == 'E')) {
            boolean signed = at + 1 < end && (json[at + 1] == '+' || json[at + 1] == '-');
            int exponent = signed ? at + 2 : at + 1;
            at = digits(exponent);
            length += at - exponent;
        }
        if (length > MAX_NUMBER_LENGTH) {
            throw new JsonSyntaxException("a number of more than " + MAX_NUMBER_LENGTH + " digits", from);
        }
        return at;
    }

    /** Walks over at least one digit. */
    private int digits(int from) throws JsonSyntaxException {
        int at = from;
        while (at < end && json[at] >= '0' && json[at] <= '9') {
            at++;
        }
        if (at == from) {
            throw unexpected(from);
        }
        return at;
    }

    private int literal(int at, String word) throws JsonSyntaxException {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= end || json[at + i] != word.charAt(i)) {
                throw unexpected(at + i);
            }
        }
        return at + word.length();
    }

    public int space(int at) {
        // Most documents have no white space.
        return at < end && json[at] <= ' ' ? someSpace(at) : at;
    }

    private int someSpace(int from) {
        int at = from;
        while (at < end && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
        return at;
    }

    private int expect(int at, char wanted) throws JsonSyntaxException {
        if (at >= end || json[at] != wanted) {
            throw unexpected(at);
        }
        return at;
    }

    private JsonSyntaxException unexpected(int at) {
        return at >= end
                ? new JsonSyntaxException("unexpected end", at)
                : new JsonSyntaxException("unexpected byte 0x%02x".formatted(json[at] & 0xFF), at);
    }
}
