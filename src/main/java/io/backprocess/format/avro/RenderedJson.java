package io.backprocess.format.avro;

/** Walks over JSON that a codec has made, which needs no check and has no white space. */
final class RenderedJson {
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
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }
}
