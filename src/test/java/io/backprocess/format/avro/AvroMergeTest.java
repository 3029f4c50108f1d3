package io.backprocess.format.avro;

import static io.backprocess.format.avro.AvroBytes.change;
import static io.backprocess.format.avro.AvroBytes.codec;
import static io.backprocess.format.avro.AvroBytes.move;
import static io.backprocess.format.avro.AvroBytes.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.UnfitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which bytes stay, in values as Avro's library never writes them: overlong integers, several blocks, blocks with sizes. */
class AvroMergeTest {
    private static final String EVENT = """
            {"type":"record","name":"Event","fields":[
              {"name":"version","type":"int"},
              {"name":"id","type":"string"},
              {"name":"payload","type":{"type":"record","name":"Payload","fields":[
                {"name":"flag","type":"boolean"},
                {"name":"amount","type":["null","int","long"]},
                {"name":"tags","type":{"type":"array","items":"string"}}]}},
              {"name":"ratio","type":"float"}]}""";
    /** Version 1 and each length and index on two bytes, the amount a long, one tag in a block with its size. */
    private static final String ODD = "8200 8200 61 01 8400 0a 8100 8600 8200 78 8000 0100c0ff";

    private static final String ODD_JSON =
            "{\"version\":1,\"id\":\"a\",\"payload\":{\"flag\":true,\"amount\":5,\"tags\":[\"x\"]},\"ratio\":\"NaN\"}";

    private static final String STRINGS = "{\"type\":\"array\",\"items\":\"string\"}";
    private static final String MAP = "{\"type\":\"map\",\"values\":\"int\"}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"version\":1   | \"version\":2   | 04   8200 61 01 8400 0a 8100 8600 8200 78 8000 0100c0ff",
                "\"id\":\"a\"    | \"id\":\"bc\"   | 8200 04 6263 01 8400 0a 8100 8600 8200 78 8000 0100c0ff",
                "true            | false           | 8200 8200 61 00 8400 0a 8100 8600 8200 78 8000 0100c0ff",
                "\"amount\":5    | \"amount\":6    | 8200 8200 61 01 8400 0c 8100 8600 8200 78 8000 0100c0ff",
                "\"amount\":5    | \"amount\":null | 8200 8200 61 01 00      8100 8600 8200 78 8000 0100c0ff",
                "\"x\"           | \"y\"           | 8200 8200 61 01 8400 0a 8100 04 02 79     8000 0100c0ff",
                "[\"x\"]         | [\"x\",\"y\"]   | 8200 8200 61 01 8400 0a 8100 8600 8200 78 02 02 79 8000 0100c0ff",
                "[\"x\"]         | []              | 8200 8200 61 01 8400 0a                     8000 0100c0ff",
                "\"NaN\"         | 0.0             | 8200 8200 61 01 8400 0a 8100 8600 8200 78 8000 00000000",
                "1,\"id\":\"a\"  | 1, \"id\": \"a\" | 8200 8200 61 01 8400 0a 8100 8600 8200 78 8000 0100c0ff",
                "\"flag\":true,\"amount\":5 | \"amount\":5,\"flag\":true | 8200 8200 61 01 8400 0a 8100 8600 8200 78 8000 0100c0ff",
            })
    void keepsEveryByteOutsideOfTheChange(String part, String changed, String expected) throws UnfitException {
        assertThat(change(EVENT, ODD, ODD_JSON.replace(part, changed))).isEqualTo(expected.replace(" ", ""));
    }

    /** Blocks: two items; one item with its size; two items. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a,b,c,d,e     | 8400 0261 0262  0104 0263  04 0264 0265  8000",
                "a,B,c,d,e     | 8400 0261 0242  0104 0263  04 0264 0265  8000",
                "a,b,CC,d,e    | 8400 0261 0262  0106 044343  04 0264 0265  8000",
                "a,b,C,d,e     | 8400 0261 0262  0104 0243  04 0264 0265  8000",
                "a,b,d,e       | 8400 0261 0262  04 0264 0265  8000",
                "b,c,d,e       | 02 0262  0104 0263  04 0264 0265  8000",
                "a,b,c,d       | 8400 0261 0262  0104 0263  02 0264  8000",
                "a,b           | 8400 0261 0262  8000",
                "a,e           | 02 0261  02 0265  8000",
                "a,b,c,d,e,f,g | 8400 0261 0262  0104 0263  04 0264 0265  04 0266 0267  8000",
                "z,a,b,c,d,e   | 06 027a 0261 0262  0104 0263  04 0264 0265  8000",
                "a,b,z,c,d,e   | 06 0261 0262 027a  0104 0263  04 0264 0265  8000",
                "a,b,c,z,d,e   | 8400 0261 0262  0308 0263 027a  04 0264 0265  8000",
                "a,b,x,y,d,e   | 8400 0261 0262  0308 0278 0279  04 0264 0265  8000",
            })
    void keepsTheBlocksOfAnArray(String items, String expected) throws UnfitException {
        String base = "8400 0261 0262  0104 0263  04 0264 0265  8000";
        String json = "[\"" + items.replace(",", "\",\"") + "\"]";

        assertThat(change(STRINGS, base, json)).isEqualTo(expected.replace(" ", ""));
    }

    @Test
    void fillsAnEmptyArray() throws UnfitException {
        assertThat(change(STRINGS, "8000", "[\"a\"]")).isEqualTo("0202618000");
    }

    /** Blocks: b and a; c with its size. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":2,\"b\":1,\"c\":3}         | 04 8200 62 02 0261 04  0108 0263 8600  8000",
                "{\"b\":1,\"a\":9,\"c\":3}         | 04 8200 62 02 0261 12  0108 0263 8600  8000",
                "{\"b\":1,\"a\":2,\"c\":9}         | 04 8200 62 02 0261 04  0106 0263 12  8000",
                "{\"a\":2,\"c\":3}                 | 02 0261 04  0108 0263 8600  8000",
                "{\"b\":1,\"a\":2}                 | 04 8200 62 02 0261 04  8000",
                "{\"b\":1,\"a\":2,\"c\":3,\"d\":4} | 04 8200 62 02 0261 04  0108 0263 8600  02 0264 08  8000",
                "{\"b\":1,\"a\":2,\"c\":3,\"a\":9} | 04 8200 62 02 0261 12  0108 0263 8600  8000",
                "{}                                | 8000",
            })
    void keepsTheBlocksAndTheOrderOfAMap(String json, String expected) throws UnfitException {
        assertThat(change(MAP, "04 8200 62 02 0261 04  0108 0263 8600  8000", json))
                .isEqualTo(expected.replace(" ", ""));
    }

    @Test
    void descendsIntoTheRecordsOfAnArray() throws UnfitException {
        String schema = """
                {"type":"array","items":{"type":"record","name":"I","fields":[
                  {"name":"n","type":"long"},{"name":"m","type":"long"}]}}""";

        String after = change(
                schema,
                "06 8200 8200 8400 8400 8600 8600 00",
                "[{\"n\":1,\"m\":1},{\"n\":2,\"m\":9},{\"n\":3,\"m\":3}]");

        assertThat(after).isEqualTo("06" + "82008200" + "840012" + "86008600" + "00");
    }

    @Test
    void keepsTheBranchThatIsAmbiguousAsJson() throws UnfitException {
        String schema = """
                {"type":"record","name":"R","fields":[
                  {"name":"t","type":["string","bytes",{"type":"enum","name":"E","symbols":["QQ"]}]},
                  {"name":"n","type":"int"}]}""";

        assertThat(change(schema, "02 82 00 41 02", "{\"t\":\"QQ==\",\"n\":2}")).isEqualTo("0282004104");
        assertThat(change(schema, "04 8000 02", "{\"t\":\"QQ\",\"n\":2}")).isEqualTo("04800004");
    }

    @Test
    void copiesAMovedPartFromWhereItWas() throws UnfitException {
        String schema = """
                {"type":"record","name":"R","fields":[
                  {"name":"a","type":["null","long"]},{"name":"b","type":["null","long"]},
                  {"name":"list","type":{"type":"array","items":"long"}},
                  {"name":"map","type":{"type":"map","values":"long"}}]}""";
        AvroCodec codec = codec(schema);
        EncodedValue base = value(codec, AvroBytes.bytes("02 8a00 00 02 8c00 00 02 026b 8e00 00"));

        assertThat(move(codec, base, "{\"a\":null,\"b\":5,\"list\":[6],\"map\":{\"k\":7}}", "/b", "/a"))
                .isEqualTo("00" + "028a00" + "028c0000" + "02026b8e0000");
        assertThat(move(codec, base, "{\"a\":5,\"b\":null,\"list\":[6,5],\"map\":{\"k\":7}}", "/list/1", "/a"))
                .isEqualTo("028a00" + "00" + "028c00" + "028a00" + "00" + "02026b8e0000");
        assertThat(move(codec, base, "{\"a\":5,\"b\":null,\"list\":[6],\"map\":{\"z\":6}}", "/map/z", "/list/0"))
                .isEqualTo("028a00" + "00" + "028c0000" + "02027a8c0000");
        assertThat(move(codec, base, "{\"a\":7,\"b\":null,\"list\":[6],\"map\":{\"k\":7}}", "/a", "/map/k"))
                .isEqualTo("028e00" + "00" + "028c0000" + "02026b8e0000");
        assertThat(move(codec, base, "{\"a\":5,\"b\":8,\"list\":[6],\"map\":{\"k\":7}}", "/b", "/no/such"))
                .isEqualTo("028a00" + "0210" + "028c0000" + "02026b8e0000");
    }
}
