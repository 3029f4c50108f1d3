package io.backprocess.json;

import static io.backprocess.json.JsonScannerTest.accepts;
import static io.backprocess.testing.StrictJson.jacksonAccepts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The scanner finds the end of a string eight bytes at a time, wherever the bytes that matter are. */
class JsonStringScanTest {
    private final JsonScanner scanner = new JsonScanner();

    @Test
    void findsAStringsEndWhereverASpecialByteStands() {
        for (int before = 0; before <= 8; before += 4) {
            for (int at = 0; at <= 17; at++) {
                for (int after = 0; after <= 17; after++) {
                    for (int special = 0; special < 256; special++) {
                        byte[] json = new byte[before + 1 + at + 1 + after + 1];
                        Arrays.fill(json, (byte) 'a');
                        json[before] = '"';
                        json[before + 1 + at] = (byte) special;
                        json[json.length - 1] = '"';

                        assertEndsWhereExpected(json, before);
                    }
                }
            }
        }
    }

    @Test
    void isNotLedAstrayByTheNeighboursOfASpecialByte() {
        int[] neighbours = {
            0, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7E, 0x7F, 0x80, 0xA1, 0xA2, 0xA3, 0xF5, 0xFF
        };
        for (int at = 0; at <= 17; at++) {
            for (int first : neighbours) {
                for (int second : neighbours) {
                    for (int third : neighbours) {
                        byte[] json = new byte[at + 12];
                        Arrays.fill(json, (byte) 'a');
                        json[0] = '"';
                        json[1 + at] = (byte) first;
                        json[2 + at] = (byte) second;
                        json[3 + at] = (byte) third;
                        json[json.length - 1] = '"';

                        assertEndsWhereExpected(json, 0);
                    }
                }
            }
        }
    }

    @Test
    void readsNothingBehindItsEnd() {
        byte[] json = "[\"abcdefgh\"]\"]abcdefghijklmnop".getBytes(UTF_8);

        for (int end = 0; end <= json.length; end++) {
            byte[] cut = Arrays.copyOf(json, end);

            assertThat(accepts(scanner, json, end)).as("up to byte %d", end).isEqualTo(jacksonAccepts(cut));
        }
    }

    private void assertEndsWhereExpected(byte[] json, int from) {
        scanner.reset(json, json.length);
        int end;
        try {
            end = scanner.string(from);
        } catch (JsonSyntaxException e) {
            end = -1;
        }
        int expected = stringEnd(json, from);
        if (end != expected) {
            assertThat(end).as(Arrays.toString(json)).isEqualTo(expected);
        }
    }

    /** Byte by byte; -1 where it is no string. No multi-byte characters: in these tests there are none. */
    private static int stringEnd(byte[] json, int from) {
        for (int i = from + 1; i < json.length; i++) {
            if (json[i] == '"') {
                return i + 1;
            } else if (json[i] == '\\') {
                i++;
                if (i == json.length || "\"\\/bfnrt".indexOf(json[i]) < 0) {
                    return -1;
                }
            } else if (json[i] < 0x20) {
                return -1;
            }
        }
        return -1;
    }
}
