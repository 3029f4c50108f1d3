package io.backprocess.testing;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What happens to JSON on its way: a byte becomes another one, comes or goes, the rest is cut off, or a piece stands there twice. */
public final class Damage {
    private static final int[] LOVELY = {
        '"', '\\', '{', '}', '[', ']', ':', ',', '-', '+', '.', 'e', 'E', '0', '1', 't', 'n', 'u', ' ', '\n', '/', '\'',
        0
    };

    private Damage() {}

    /** One of these, in a copy; of an empty text, a byte that comes. */
    public static byte[] one(byte[] json, SplittableRandom random) {
        byte any = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : LOVELY[random.nextInt(LOVELY.length)]);
        if (json.length == 0) {
            return new byte[] {any};
        }
        int at = random.nextInt(json.length);
        return switch (random.nextInt(5)) {
            case 0 -> spliced(json, at, at + 1, any);
            case 1 -> spliced(json, at, at, any);
            case 2 -> spliced(json, at, at + 1);
            case 3 -> Arrays.copyOf(json, at);
            default -> {
                int from = random.nextInt(json.length);
                int to = Math.min(json.length, from + 1 + random.nextInt(6));
                yield spliced(json, at, at, Arrays.copyOfRange(json, from, to));
            }
        };
    }

    private static byte[] spliced(byte[] json, int from, int to, byte... middle) {
        byte[] result = new byte[json.length - (to - from) + middle.length];
        System.arraycopy(json, 0, result, 0, from);
        System.arraycopy(middle, 0, result, from, middle.length);
        System.arraycopy(json, to, result, from + middle.length, json.length - to);
        return result;
    }
}
