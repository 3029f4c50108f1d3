package io.backprocess.foreign.registry;

import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Random values. The same seed gives the same values. A text that is called a time is an instant, an {@code eventId} or {@code
 * orderId} is unique, and the fields that are named on the command line have the value given there.
 */
final class Values {
    static final long FIRST_TIME = Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();
    static final int MAX_DEPTH = 5;

    private final Map<String, String> fixed;
    private final long seed;
    private final SplittableRandom random;

    Values(long seed, Map<String, String> fixed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.fixed = fixed;
    }

    /** Returns the value that the command line gives a field; null where it gives none. */
    String given(String name) {
        return fixed.get(name);
    }

    /** Tells whether the command line leaves a field out. */
    boolean isLeftOut(String name) {
        return "null".equals(fixed.get(name));
    }

    boolean bool(String name) {
        String given = fixed.get(name);
        return given != null ? Boolean.parseBoolean(given) : random.nextBoolean();
    }

    int int32(String name) {
        String given = fixed.get(name);
        return given != null ? Integer.parseInt(given) : (int) random.nextLong(-1000, 100_000);
    }

    long int64(String name) {
        String given = fixed.get(name);
        return given != null ? Long.parseLong(given) : random.nextLong(-1_000_000, 1L << 40);
    }

    float float32() {
        return random.nextInt(10_000) / 4f;
    }

    double float64() {
        return random.nextInt(1_000_000) / 8d;
    }

    String text(String name, long n) {
        String given = fixed.get(name);
        if (given != null) {
            return given;
        }
        if (name.equals("eventId") || name.equals("orderId")) {
            return seed + "-" + n;
        }
        if (name.toLowerCase().endsWith("time") || name.toLowerCase().endsWith("timestamp")) {
            return Instant.ofEpochMilli(FIRST_TIME + n).toString();
        }
        return name + "-" + random.nextInt(1000) + (random.nextInt(10) == 0 ? " \u00e4\u20ac\uD83D\uDE00" : "");
    }

    String uuid() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Returns a number of bytes for a field that may have any. */
    int length() {
        return 1 + random.nextInt(8);
    }

    /** Returns a number of elements, which is 0 where a value is nested deeply. */
    int size(int depth) {
        return depth > MAX_DEPTH ? 0 : random.nextInt(4);
    }

    int upTo(int bound) {
        return random.nextInt(bound);
    }
}
