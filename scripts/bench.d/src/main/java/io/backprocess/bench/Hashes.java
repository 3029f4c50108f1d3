package io.backprocess.bench;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Hashes of 64 bits: FNV-1a over the parts of a record, and a finaliser that makes them fit for sums. */
final class Hashes {
    private static final long SEED = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Hashes() {}

    static long mix(long hash) {
        long h = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
        return h ^ (h >>> 31);
    }

    /** Hashes the parser's current text without making a String of it. */
    static long text(JsonParser parser) throws IOException {
        char[] chars = parser.getTextCharacters();
        int end = parser.getTextOffset() + parser.getTextLength();
        long hash = SEED;
        for (int i = parser.getTextOffset(); i < end; i++) {
            hash = (hash ^ chars[i]) * PRIME;
        }
        return hash;
    }

    /** @param text null counts as empty */
    static long of(String text) {
        long hash = SEED;
        for (int i = 0; text != null && i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }

    /** @param bytes null counts as empty */
    static long of(byte[] bytes) {
        long hash = SEED;
        for (int i = 0; bytes != null && i < bytes.length; i++) {
            hash = (hash ^ bytes[i]) * PRIME;
        }
        return hash;
    }
}
