package io.backprocess.testing;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** What happens to JSON on its way: a byte becomes another one, comes or goes, the rest is cut off, or a piece stands there twice. */
public final class Damage {
    private static final int[] LOVELY = {
        '"', '\\', '{', '}', '[', ']', ':', ',', '-', '+', '.', 'e', 'E', '0', '1', 't', 'n', 'u', ' ', '\n', '/', '\'',
        0
    };

    /** Lengths, counts and indexes that lie, integers that do not end, and bytes that are not UTF-8. */
    private static final String[] HOSTILE = {
        "01",
        "03",
        "ff01",
        "feffffff0f",
        "ffffffff0f",
        "ffffffff7f",
        "80808080808080808001",
        "80808080808080808002",
        "feffffffffffffffff01",
        "ffffffffffffffffff01",
        "ffffffffffffffffffffff01",
        "8000",
        "808000",
        "c080",
        "eda080",
        "f4908080",
        "ff",
        "0000",
        "02".repeat(40)
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

    /** Damages a binary value, in a copy. */
    public static byte[] binary(byte[] value, SplittableRandom random) {
        int at = random.nextInt(value.length + 1);
        int rest = value.length - at;
        byte[] hostile = HexFormat.of().parseHex(HOSTILE[random.nextInt(HOSTILE.length)]);
        return switch (random.nextInt(7)) {
            case 0 -> spliced(value, at, at + Math.min(rest, hostile.length), hostile);
            case 1 -> spliced(value, at, at, hostile);
            case 2 -> spliced(value, at, at + Math.min(rest, 1), (byte) random.nextInt(256));
            case 3 -> rest == 0 ? value : spliced(value, at, at + 1, (byte) (value[at] ^ (1 << random.nextInt(8))));
            case 4 -> spliced(value, value.length, value.length, hostile);
            default -> one(value, random);
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
