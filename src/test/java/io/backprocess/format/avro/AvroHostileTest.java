package io.backprocess.format.avro;

import static io.backprocess.format.avro.AvroBytes.change;
import static io.backprocess.format.avro.AvroBytes.codec;
import static io.backprocess.format.avro.AvroBytes.read;
import static io.backprocess.format.avro.AvroBytes.text;
import static io.backprocess.format.avro.AvroBytes.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes, schemas and changes that want more time or memory than they deserve, or mean nothing. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AvroHostileTest {
    private static final String INTS = "{\"type\":\"array\",\"items\":\"int\"}";
    private static final String NULLS = "{\"type\":\"array\",\"items\":\"null\"}";
    private static final String MAP = "{\"type\":\"map\",\"values\":\"int\"}";
    private static final String TREE = """
            {"type":"record","name":"Tree","fields":[{"name":"next","type":["null","Tree"]},{"name":"n","type":"int"}]}""";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"int\"     |                        | : the value ends at byte 0, inside an int at byte 0",
                "\"int\"     | 80                     | : the value ends at byte 1, inside an int at byte 0",
                "\"int\"     | 0200                   | : the value ends at byte 1 of 2",
                "\"int\"     | 808080808000           | : an int of more than 5 bytes at byte 0",
                "\"int\"     | 8080808010             | : an int out of range at byte 0",
                "\"long\"    | 8080808080808080808000 | : a long of more than 10 bytes at byte 0",
                "\"long\"    | 80808080808080808002   | : a long out of range at byte 0",
                "\"double\"  | 00000000000000         | : the value ends at byte 7, inside a double at byte 0",
                "\"boolean\" | 02                     | : 0x02 at byte 0 is not a boolean",
                "\"string\"  | 01                     | : a string of -1 bytes at byte 0, where 0 are left",
                "\"string\"  | 0461                   | : a string of 2 bytes at byte 0, where 1 are left",
                "\"bytes\"   | feffffffffffffffff01   | : bytes of 9223372036854775807 bytes at byte 0, where 0 are left",
                "\"string\"  | 04c080                 | : invalid UTF-8 at byte 1",
                "\"string\"  | 06eda080               | : invalid UTF-8 at byte 1",
                "\"string\"  | 0261c3                 | : the value ends at byte 2 of 3",
                "\"string\"  | 0461c3                 | : invalid UTF-8 at byte 2",
                "\"string\"  | 08f4908080             | : invalid UTF-8 at byte 1",
                "[\"int\"]   | 0202                   | : index 1 at byte 0, where the union has 1 branches",
                "[\"int\"]   | 0102                   | : index -1 at byte 0, where the union has 1 branches",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]} | 02 | : index 1 at byte 0, where enum E has 1 symbols",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2} | 01 | : the value ends at byte 1, inside a fixed at byte 0",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1000000000} | 01 | : the value ends at byte 1, inside a fixed at byte 0",
            })
    void refusesAValueThatIsNone(String schema, String hex, String message) {
        assertThatThrownBy(() -> read(schema, hex == null ? "" : hex))
                .isInstanceOf(UnfitException.class)
                .hasMessage("the value" + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "8080808080808080800100 | : a block of 4611686018427387904 items at byte 0, where 1 bytes are left",
                "ffffffffffffffffff010000 | : a block of 9223372036854775808 items at byte 0, where 0 bytes are left",
                "0602 00                | : a block of 3 items at byte 0, where 2 bytes are left",
                "01 04 02 00            | : a block ends at byte 4 by its size and at byte 3 by its items",
                "01 01 02 00            | : a block of -1 bytes at byte 0, where 2 are left",
                "01 0a 02 00            | : a block of 5 bytes at byte 0, where 2 are left",
                "05 02 02 04 00         | : a block of 3 items at byte 0, where 1 bytes are left",
                "02 02                  | : the value ends at byte 2, inside a count at byte 2",
            })
    void refusesABlockThatDoesNotHold(String hex, String message) {
        assertThatThrownBy(() -> read(INTS, hex)).hasMessage("the value" + message);
    }

    @Test
    void namesTheElementAndTheKey() {
        assertThatThrownBy(() -> read(INTS, "04 02 808080808000 00")).hasMessageStartingWith("/1: an int of more than");
        assertThatThrownBy(() -> read(MAP, "02 04 612f 808080808000 00"))
                .hasMessageStartingWith("/a~1: an int of more");
    }

    @Test
    void refusesAMapWithTheSameKeyTwice() {
        assertThatThrownBy(() -> read(MAP, "04 02 61 02 02 61 04 00"))
                .hasMessage("/a: a second entry with this key at byte 5");
        assertThatThrownBy(() -> read(MAP, "02 02 61 02 02 02 61 04 00")).hasMessageContaining("a second entry");
        StringBuilder many = new StringBuilder("50");
        for (int key = 0; key < 40; key++) {
            many.append("02%02x02".formatted(0x21 + (key == 39 ? 7 : key)));
        }
        assertThatThrownBy(() -> read(MAP, many + "00")).hasMessageStartingWith("/(: a second entry");
    }

    @Test
    void readsManyKeysWithTheSameHashInReasonableTime() throws UnfitException {
        ByteArrayOutputStream map = new ByteArrayOutputStream();
        int keys = 1 << 15;
        map.writeBytes(new byte[] {(byte) 0x80, (byte) 0x80, 0x04});
        for (int key = 0; key < keys; key++) {
            map.write(60);
            for (int bit = 0; bit < 15; bit++) {
                map.writeBytes((key >> bit & 1) == 0 ? new byte[] {'A', 'a'} : new byte[] {'B', 'B'});
            }
            map.write(0);
        }
        map.write(0);

        byte[] json = codec(MAP).read(map.toByteArray(), 0);

        assertThat(json.length).isGreaterThan(keys * 30);
    }

    @Test
    void limitsItemsWithoutBytes() throws UnfitException {
        assertThat(codec(NULLS).read(AvroBytes.bytes("80897a 00"), 0)).hasSize(5_000_001);
        assertThatThrownBy(() -> read(NULLS, "82897a 00")).hasMessageContaining("a block of 1000001 items");
        assertThatThrownBy(() -> read(NULLS, "80897a 02 00")).hasMessageContaining("a block of 1 items");
    }

    @Test
    void limitsTheJsonOfAFewBytes() {
        List<SchemaText.Reference> references = new ArrayList<>();
        references.add(new SchemaText.Reference("R40", "{\"type\":\"record\",\"name\":\"R40\",\"fields\":[]}"));
        for (int i = 39; i >= 0; i--) {
            references.add(new SchemaText.Reference(
                    "R" + i,
                    ("{\"type\":\"record\",\"name\":\"R%d\",\"fields\":["
                                    + "{\"name\":\"a\",\"type\":\"R%d\",\"default\":{}},"
                                    + "{\"name\":\"b\",\"type\":\"R%d\",\"default\":{}}]}")
                            .formatted(i, i + 1, i + 1)));
        }

        assertThatThrownBy(
                        () -> AvroCodec.of(new SchemaText("\"R0\"", references)).read(new byte[0], 0))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining("the value is longer than 16777216 bytes as JSON");
    }

    @Test
    void compilesThousandsOfRecordsThatReferToEachOther() throws UnfitException {
        List<SchemaText.Reference> references = new ArrayList<>();
        references.add(new SchemaText.Reference("R0", "{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}"));
        for (int i = 1; i < 2000; i++) {
            references.add(new SchemaText.Reference(
                    "R" + i,
                    "{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":\"R%d\"}]}"
                            .formatted(i, i - 1)));
        }

        AvroCodec codec = AvroCodec.of(new SchemaText("{\"type\":\"array\",\"items\":\"R1999\"}", references));

        assertThat(text(codec.read(new byte[] {0}, 0))).isEqualTo("[]");
        assertThatThrownBy(() -> codec.read(new byte[] {2, 0}, 0))
                .hasMessageStartingWith("/0/a/a/a")
                .hasMessageContaining("/a.../a")
                .hasMessageEndingWith(": nested deeper than 1000 at byte 1 (field a of R1001)");
    }

    @Test
    void limitsTheDepthAndNeedsLittleStackUpToIt() throws Exception {
        AvroCodec codec = codec(TREE);
        byte[] deepest = tree(1000);
        byte[][] written = new byte[1][];
        Throwable[] failure = new Throwable[1];

        Thread small = new Thread(
                null,
                () -> {
                    try {
                        EncodedValue base = value(codec, deepest);
                        String json = text(base.json()).replace("\"n\":1}", "\"n\":2}");
                        written[0] = AvroBytes.bytes(change(codec, base, json));
                    } catch (Throwable e) {
                        failure[0] = e;
                    }
                },
                "small stack",
                512 << 10);
        small.start();
        small.join();

        assertThat(failure[0]).isNull();
        byte[] expected = deepest.clone();
        Arrays.fill(expected, 1000, 2000, (byte) 4);
        assertThat(written[0]).isEqualTo(expected);
        assertThatThrownBy(() -> codec.read(tree(1001), 0))
                .hasMessageContaining("nested deeper than 1000 at byte 1000");
        assertThatThrownBy(
                        () -> codec("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":\"R\"}]}")
                                .read(new byte[0], 0))
                .hasMessageContaining("nested deeper than 1000");
    }

    /** Records inside records: first the index of each inner one, then null, then the numbers from the inside out. */
    private static byte[] tree(int depth) {
        byte[] bytes = new byte[2 * depth];
        Arrays.fill(bytes, 0, depth - 1, (byte) 2);
        Arrays.fill(bytes, depth, 2 * depth, (byte) 2);
        return bytes;
    }

    @Test
    void limitsTheDigitsOfADecimal() throws UnfitException {
        String schema = "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":2000,\"scale\":%d}";

        assertThat(read(schema.formatted(999), "0205")).hasSize(1001);
        assertThatThrownBy(() -> read(schema.formatted(1000), "0205"))
                .hasMessage("the value: a decimal of more than 1000 digits at byte 1");
        assertThat(read(schema.formatted(0), "c00f" + "00".repeat(990) + "ffff"))
                .isEqualTo("65535");
        assertThatThrownBy(() -> read(schema.formatted(0), "8010" + "7f".repeat(1024)))
                .hasMessage("the value: a decimal of more than 1000 digits at byte 2");
    }

    @Test
    void triesTheBranchesOfUnionsOnlySoOften() throws UnfitException {
        String schema = """
                {"type":"record","name":"A","fields":[
                  {"name":"next","type":["null","A",
                    {"type":"record","name":"B","fields":[{"name":"next","type":["null","A","B"]},{"name":"x","type":"int"}]}]},
                  {"name":"x","type":["int","boolean"]}]}""";
        String deep = "{\"next\":".repeat(60) + "null" + ",\"x\":\"text\"}".repeat(60);

        assertThatThrownBy(() -> change(schema, "0000" + "02", deep)).isInstanceOf(UnfitException.class);
    }
}
