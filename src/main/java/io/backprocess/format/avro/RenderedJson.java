package io.backprocess.format.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Walks over JSON that a codec has made, which needs no check and has no white space. */
final class RenderedJson {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private RenderedJson() {}

    /** Returns the position after the value. */
    static int end(byte[] json, int from) {
        byte first = json[from];
        if (first == '"') {
            return textEnd(json, from);
        }
        if (first == '{' || first == '[') {
            return containerEnd(json, from);
        }
        int at = from + 1;
        while (at < json.length && json[at] != ',' && json[at] != '}' && json[at] != ']') {
            at++;
        }
        return at;
    }

    private static int containerEnd(byte[] json, int from) {
        int depth = 0;
        int at = from;
        while (true) {
            switch (json[at]) {
                case '"' -> at = textEnd(json, at) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            at++;
            if (depth == 0) {
                return at;
            }
        }
    }

    static int textEnd(byte[] json, int from) {
        int at = from + 1;
        while (json.length - at >= Long.BYTES) {
            long word = (long) EIGHT_BYTES.get(json, at);
            long quotes = word ^ ('"' * EACH);
            long backslashes = word ^ ('\\' * EACH);
            // Only the lowest bit that is found is certain, since a borrow may find the byte behind it too.
            long found = (((quotes - EACH) & ~quotes) | ((backslashes - EACH) & ~backslashes)) & HIGH_BITS;
            if (found == 0) {
                at += Long.BYTES;
                continue;
            }
            at += Long.numberOfTrailingZeros(found) >>> 3;
            if (json[at] == '"') {
                return at + 1;
            }
            at += 2;
        }
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }
}
