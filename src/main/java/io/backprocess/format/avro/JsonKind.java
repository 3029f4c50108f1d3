package io.backprocess.format.avro;

/** The kinds of JSON values, each a bit. */
final class JsonKind {
    static final int NULL = 1;
    static final int BOOLEAN = 1 << 1;
    static final int NUMBER = 1 << 2;
    static final int TEXT = 1 << 3;
    static final int OBJECT = 1 << 4;
    static final int ARRAY = 1 << 5;
    static final int COUNT = 6;

    private JsonKind() {}

    /** Returns the kind of a value by its first byte. */
    static int of(byte first) {
        return switch (first) {
            case 'n' -> NULL;
            case 't', 'f' -> BOOLEAN;
            case '"' -> TEXT;
            case '{' -> OBJECT;
            case '[' -> ARRAY;
            default -> NUMBER;
        };
    }
}
