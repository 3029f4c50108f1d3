package io.backprocess.format.avro;

import static io.backprocess.format.avro.AvroBytes.change;
import static io.backprocess.format.avro.AvroBytes.codec;
import static io.backprocess.format.avro.AvroBytes.encode;
import static io.backprocess.format.avro.AvroBytes.hex;
import static io.backprocess.format.avro.AvroBytes.read;
import static io.backprocess.format.avro.AvroBytes.text;
import static io.backprocess.format.avro.AvroBytes.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How each type looks as JSON, and what a change may write. */
class AvroCodecTest {
    private static final String ORDER = """
            {"type":"record","name":"Order","namespace":"com.acme","fields":[
              {"name":"id","type":"string"},
              {"name":"amount","type":"int"},
              {"name":"note","type":["null","string"]}]}""";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"null\"                                                 |                          | null",
                "\"boolean\"                                              | 01                       | true",
                "\"int\"                                                  | 7f                       | -64",
                "\"int\"                                                  | feffffff0f               | 2147483647",
                "\"long\"                                                 | ffffffffffffffffff01     | -9223372036854775808",
                "\"float\"                                                | cdcccc3d                 | 0.1",
                "\"double\"                                               | 0000000000000080         | -0.0",
                "\"double\"                                               | 0000000000005940         | 100.0",
                "\"double\"                                               | 000000205fa00242         | 1.0E10",
                "\"double\"                                               | 000000000000f07f         | \"Infinity\"",
                "\"float\"                                                | 0100c0ff                 | \"NaN\"",
                "\"string\"                                               | 0a 61 22 5c 0a c3        | !",
                "\"string\"                                               | 0c 61 22 5c 0a c3 a9     | \"a\\\"\\\\\\u000aé\"",
                "\"bytes\"                                                | 04 fffe                  | \"//4=\"",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}           | 010203                   | \"AQID\"",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]} | 02                   | \"B\"",
                "[\"null\",\"long\"]                                      | 0202                     | 1",
                "{\"type\":\"array\",\"items\":\"int\"}                   | 04 02 04 00              | [1,2]",
                "{\"type\":\"map\",\"values\":\"int\"}                    | 02 02 61 02 00           | {\"a\":1}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}       |                          | {}",
                "{\"type\":\"int\",\"logicalType\":\"date\"}              | eebe02                   | \"2025-11-15\"",
                "{\"type\":\"int\",\"logicalType\":\"date\"}              | ffffffff0f               | \"-5877641-06-23\"",
                "{\"type\":\"int\",\"logicalType\":\"time-millis\"}       | f4eace20                 | \"09:30:00.250\"",
                "{\"type\":\"int\",\"logicalType\":\"time-millis\"}       | 01                       | -1",
                "{\"type\":\"long\",\"logicalType\":\"time-micros\"}      | 02                       | \"00:00:00.000001\"",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | 01              | \"1969-12-31T23:59:59.999Z\"",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-nanos\"}  | 02           | \"1970-01-01T00:00:00.000000001Z\"",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | feffffffffffffffff01 | \"+292278994-08-17T07:12:55.807Z\"",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"} | ffffffffffffffffff01 | \"-290308-12-21T19:59:05.224192Z\"",
                "{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"} | 00          | \"1970-01-01T00:00:00.000000\"",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":3} | 06 018696 | 99.990",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":3} | 02 ff     | -0.001",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":3} | 00        | 0.000",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":2,\"scale\":9} | 02 ff     | \"/w==\"",
                "{\"type\":\"string\",\"logicalType\":\"uuid\"}           | 02 61                    | \"a\"",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":16,\"logicalType\":\"uuid\"} | 000102030405060708090a0b0c0d0e0f | \"00010203-0405-0607-0809-0a0b0c0d0e0f\"",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":12,\"logicalType\":\"duration\"} | 01000000 02000000 bc0b0000 | \"P1M2DT3.004S\"",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":12,\"logicalType\":\"duration\"} | ffffffff 00000000 00000000 | \"P4294967295M0DT0.000S\"",
                "{\"type\":\"bytes\",\"logicalType\":\"big-decimal\"}     | 08 04 04d2 04            | 12.34",
                "{\"type\":\"string\",\"logicalType\":\"of-our-own\"}     | 02 61                    | \"a\"",
            })
    void readsEachTypeAndWritesItAgainFromNothing(String schema, String hex, String json) throws UnfitException {
        byte[] bytes = AvroBytes.bytes(hex == null ? "" : hex);
        if (json.equals("!")) {
            assertThatThrownBy(() -> codec(schema).read(bytes, 0)).hasMessageContaining("invalid UTF-8 at byte 5");
            return;
        }

        String read = text(codec(schema).read(bytes, 0));

        assertThat(read).isEqualTo(json);
        if (!schema.contains("uuid\"}")
                && !json.equals("\"NaN\"")
                && !hex(bytes).equals("00")) {
            String wrapped =
                    "{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"list\",\"type\":{\"type\":\"array\",\"items\":"
                            + schema + "}}]}";
            assertThat(change(wrapped, "00", "{\"list\":[" + json + "]}")).isEqualTo("02" + hex(bytes) + "00");
        }
    }

    @Test
    void writesTheOneNumberOfEveryNaN() throws UnfitException {
        assertThat(change("\"float\"", "00000000", "\"NaN\"")).isEqualTo("0000c07f");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"int\"    | 00 | 1.0    | 02",
                "\"int\"    | 00 | 1e2    | c801",
                "\"long\"   | 00 | 0e999999999    | 00",
                "\"double\" | 0000000000000000 | 0.1 | 9a9999999999b93f",
                "\"double\" | 0000000000000000 | 0.1000000000000000055511151231257827021181583404541015625 | 9a9999999999b93f",
                "\"float\"  | 00000000 | 0.1 | cdcccc3d",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":3} | 0200 | 99.9 | 0601863c",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":3} | 0200 | 1e1 | 042710",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":4,\"logicalType\":\"decimal\",\"precision\":5,\"scale\":1} | 00000000 | -0.1 | ffffffff",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | 00 | \"1970-01-01T01:00:00.001+01:00\" | 02",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | 00 | \"1970-01-01T00:00Z\" | 00",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | 00 | 5 | 0a",
                "{\"type\":\"int\",\"logicalType\":\"date\"} | 00 | 5 | 0a",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":12,\"logicalType\":\"duration\"} | 000000000000000000000000 | \"P1Y1WT1M\" | 0c0000000700000060ea0000",
                "\"string\" | 00 | \"\\u0061\\ud83d\\ude00\" | 0a61f09f9880",
            })
    void takesWhatMeansTheSame(String schema, String before, String json, String after) throws UnfitException {
        assertThat(change(schema, before, json)).isEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"int\"     | 00 | 1.5                | 1.5 is not an int",
                "\"int\"     | 00 | 2147483648         | 2147483648 is not an int",
                "\"int\"     | 00 | 1e999999999        | 1e999999999 is not an int",
                "\"int\"     | 00 | 1e99999999999      | 1e99999999999 is not an int",
                "\"long\"    | 00 | 9223372036854775808 | 9223372036854775808 is not a long",
                "\"long\"    | 00 | null               | null is not a long",
                "\"double\"  | 0000000000000000 | 1e309 | 1e309 is not a double",
                "\"float\"   | 00000000 | 1e39         | 1e39 is not a float",
                "\"float\"   | 00000000 | \"1\"        | \"1\" is not a float",
                "\"boolean\" | 00 | 1                  | 1 is not a boolean",
                "\"bytes\"   | 00 | \"AQI\"            | \"AQI\" is not bytes as base64",
                "\"bytes\"   | 00 | \"AR==\"           | \"AR==\" is not bytes as base64",
                "\"string\"  | 00 | 1                  | 1 is not a string",
                "\"string\"  | 00 | \"\\ud800\"        | the text has half of a surrogate pair, which UTF-8 cannot encode",
                "\"string\"  | 00 | [1, 2]             | [1, 2] is not a string",
                "\"string\"  | 00 | {                  | malformed JSON: unexpected end at byte 1",
                "\"int\"     | 00 | 1 2                | malformed JSON: unexpected byte 0x32 at byte 2",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1} | 00 | \"AQI=\" | \"AQI=\" is not 1 bytes as base64",
                "{\"type\":\"enum\",\"name\":\"a.E\",\"symbols\":[\"A\",\"B\"]} | 00 | \"C\" | \"C\" is not a symbol of enum a.E: A, B",
                "{\"type\":\"string\",\"logicalType\":\"uuid\"} | 00 | \"b\" | \"b\" is not a UUID",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | 00 | \"1970-01-01T00:00:00.0001Z\" | \"1970-01-01T00:00:00.0001Z\" is not a timestamp in milliseconds (long)",
                "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"} | 00 | \"1970-01-01T00:00:00\" | \"1970-01-01T00:00:00\" is not a timestamp in milliseconds (long)",
                "{\"type\":\"int\",\"logicalType\":\"date\"} | 00 | 2147483648 | 2147483648 is not a date (int)",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":3,\"scale\":2} | 0200 | 0.001 | 0.001 is not a decimal of 3 digits, 2 of them after the point",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":3,\"scale\":2} | 0200 | 10 | 10 is not a decimal of 3 digits, 2 of them after the point",
                "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":2000000000,\"scale\":2} | 0200 | 1e1000000000 | 1e1000000000 is not a decimal of 2000000000 digits, 2 of them after the point",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":12,\"logicalType\":\"duration\"} | 000000000000000000000000 | \"P\" | \"P\" is not a duration such as P1M2DT3.004S",
                "[\"null\",\"int\"] | 00 | \"x\"       | \"x\" is not one of null, an int",
                "[\"null\",\"int\"] | 00 | 1.5         | 1.5 is not an int",
            })
    void refusesWhatDoesNotFit(String schema, String before, String json, String message) {
        assertThatThrownBy(() -> change(schema, before, json))
                .isInstanceOf(UnfitException.class)
                .hasMessage("the value: " + message);
    }

    @Test
    void namesThePlaceOfAValueThatDoesNotFit() {
        assertThatThrownBy(() -> change(ORDER, "02610200", "{\"id\":\"a\",\"amount\":\"abc\",\"note\":null}"))
                .hasMessage("/amount: \"abc\" is not an int (field amount of com.acme.Order)");
        assertThatThrownBy(() -> change(ORDER, "02610200", "{\"id\":\"a\",\"amount\":1,\"note\":null,\"x\":1}"))
                .hasMessage("/x is not a field of record com.acme.Order"
                        + "; a batch with --result-schema can write another schema");
        assertThatThrownBy(() -> change(ORDER, "02610200", "{\"id\":\"a\",\"note\":null}"))
                .hasMessage(
                        "/amount is missing, and the schema has no default for it (field amount of com.acme.Order)");
        assertThatThrownBy(() -> change(ORDER, "02610200", "[]"))
                .hasMessage("the value: [] is not a record com.acme.Order");
        assertThatThrownBy(() -> read(ORDER, "026102 04"))
                .hasMessage("/note: index 2 at byte 3, where the union has 2 branches (field note of com.acme.Order)");
    }

    @Test
    void shortensALongValueInAMessage() {
        assertThatThrownBy(() -> change("\"int\"", "00", "\"" + "é".repeat(100) + "\""))
                .hasMessage("the value: \"" + "é".repeat(59) + "... is not an int");
    }

    @Test
    void takesMembersInAnyOrderWithWhiteSpaceAndEscapedNames() throws UnfitException {
        String json = " { \"note\" : \"n\" , \"\\u0069d\":\"b\",\"amount\":1} ";

        assertThat(change(ORDER, "02610200", json)).isEqualTo("026202" + "02026e");
    }

    @Test
    void takesTheLastOfMembersWithTheSameName() throws UnfitException {
        assertThat(change(ORDER, "02610200", "{\"id\":\"b\",\"amount\":1,\"id\":\"c\",\"note\":null}"))
                .isEqualTo("02630200");
        assertThat(change(ORDER, "02610200", "{\"id\":\"a\",\"amount\":1,\"amount\":3,\"note\":null}"))
                .isEqualTo("02610600");
    }

    @Test
    void writesNullOrTheDefaultForAMemberThatIsGone() throws UnfitException {
        String schema = """
                {"type":"record","name":"R","fields":[
                  {"name":"a","type":["string","null"],"default":"x"},
                  {"name":"b","type":"int","default":7},
                  {"name":"c","type":{"type":"record","name":"In","fields":[
                    {"name":"d","type":"bytes"},{"name":"e","type":{"type":"map","values":"long"},"default":{"k":1}}]},
                   "default":{"d":"\\u00ff"}},
                  {"name":"f","type":["null",{"type":"array","items":"double"}]}]}""";

        String after = change(schema, "00027a" + "02" + "0000" + "00", "{}");

        assertThat(after).isEqualTo("02" + "0e" + "02ff" + "02026b0200" + "00");
    }

    @Test
    void keepsTheBranchOfAUnionIfThatTakesTheValueAndElseChoosesTheFirstThatDoes() throws UnfitException {
        String numbers = "[\"null\",\"int\",\"long\",\"float\",\"double\",\"string\"]";

        assertThat(change(numbers, "0402", "2")).as("stays a long").isEqualTo("0404");
        assertThat(change(numbers, "00", "2")).as("the first").isEqualTo("0204");
        assertThat(change(numbers, "0202", "3000000000")).as("no int").isEqualTo("0480f882ad16");
        assertThat(change(numbers, "0202", "0.1")).as("no whole number").isEqualTo("06cdcccc3d");
        assertThat(change(numbers, "0202", "0.123456789")).as("no float").isEqualTo("085f633937dd9abf3f");
        assertThat(change(numbers, "0202", "0.12345678901234567890"))
                .as("nearest")
                .isEqualTo("06ead6fc3d");
        assertThat(change(numbers, "0202", "null")).isEqualTo("00");
        assertThat(change(numbers, "0a0261", "\"NaN\"")).as("stays a string").isEqualTo("0a064e614e");
    }

    @Test
    void choosesTheRecordOfAUnionByItsMembers() throws UnfitException {
        String schema = """
                [{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]},
                 {"type":"record","name":"B","fields":[{"name":"y","type":"int"}]},
                 {"type":"map","values":"int"}]""";

        assertThat(change(schema, "0002", "{\"y\":1}")).isEqualTo("0202");
        assertThat(change(schema, "0002", "{\"z\":1}")).isEqualTo("0402027a0200");
        assertThatThrownBy(() -> change(schema, "0002", "{\"x\":true}"))
                .hasMessage("/x: true is not an int (field x of A)");
    }

    @Test
    void readsAndWritesADecimalAsAvrosConversionsDo() throws UnfitException {
        Schema schema = LogicalTypes.bigDecimal().addToSchema(Schema.create(Schema.Type.BYTES));
        ByteBuffer bytes = new Conversions.BigDecimalConversion()
                .toBytes(new BigDecimal("-1.50E+40"), schema, schema.getLogicalType());
        AvroCodec codec = codec(schema.toString());
        EncodedValue base = value(codec, encode(schema, bytes, false));

        assertThat(text(base.json())).isEqualTo("-1.50E+40");
        byte[] after = AvroBytes.bytes(change(codec, base, "0.10"));
        assertThat(new Conversions.BigDecimalConversion()
                        .fromBytes((ByteBuffer) AvroBytes.decode(schema, after), schema, schema.getLogicalType()))
                .isEqualTo(new BigDecimal("0.10"));
    }

    @Test
    void readsFromBehindAFrame() throws UnfitException {
        AvroCodec codec = codec("\"int\"");
        byte[] framed = AvroBytes.bytes("0000000007" + "02");

        assertThat(text(codec.read(framed, 5))).isEqualTo("1");
        assertThat(change(codec, new EncodedValue(codec, framed, 5, codec.read(framed, 5)), "2"))
                .isEqualTo("04");
    }

    @Test
    void resolvesReferencesInTheirOrder() throws UnfitException {
        SchemaText.Reference item = new SchemaText.Reference(
                "a.Item", "{\"type\":\"record\",\"name\":\"a.Item\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}");
        SchemaText.Reference list = new SchemaText.Reference(
                "a.List",
                "{\"type\":\"record\",\"name\":\"a.List\",\"fields\":[{\"name\":\"item\",\"type\":\"Item\"}]}");
        String text = "{\"type\":\"record\",\"name\":\"b.R\",\"fields\":[{\"name\":\"l\",\"type\":\"a.List\"}]}";

        AvroCodec codec = AvroCodec.of(new SchemaText(text, List.of(item, list)));

        assertThat(text(codec.read(new byte[] {2}, 0))).isEqualTo("{\"l\":{\"item\":{\"n\":1}}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "1",
                "nope",
                "\"a.Missing\"",
                "{\"type\":\"record\"}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"Missing\"}]}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]}",
                "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}",
                "{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}",
                "[\"int\",\"int\"]",
                "[[\"int\"]]",
                "\"int\" \"int\""
            })
    void refusesATextThatIsNoSchema(String text) {
        assertThatThrownBy(() -> AvroCodec.of(new SchemaText(text, List.of())))
                .isInstanceOf(UnfitException.class)
                .hasMessageStartingWith("the schema does not parse: ");
    }

    @Test
    void refusesASymbolThatIsNoText() {
        assertThatThrownBy(() -> codec("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[null]}"))
                .hasRootCauseMessage("enum E has a symbol that is not a text");
    }

    @Test
    void refusesADeepSchemaWithoutAStackOverflow() {
        for (int depth : List.of(100, 900, 100_000)) {
            String schema = "{\"type\":\"array\",\"items\":".repeat(depth) + "\"int\"" + "}".repeat(depth);
            try {
                AvroCodec.of(new SchemaText(schema, List.of()));
                assertThat(depth).isLessThan(100_000);
            } catch (UnfitException e) {
                assertThat(depth).isGreaterThan(100);
            }
        }
    }

    @Test
    void takesNamesAndDefaultsThatTheSpecificationForbids() throws UnfitException {
        String schema = "{\"type\":\"record\",\"name\":\"my-record\",\"namespace\":\"com.1-acme\",\"fields\":["
                + "{\"name\":\"the \\\"name\\\"\",\"type\":\"int\",\"default\":\"x\"},{\"name\":\"b\",\"type\":\"int\",\"default\":1}]}";

        assertThat(read(schema, "0204")).isEqualTo("{\"the \\\"name\\\"\":1,\"b\":2}");
        assertThat(change(schema, "0204", "{\"the \\u0022name\\\"\":1}")).isEqualTo("0202");
        assertThatThrownBy(() -> change(schema, "0204", "{\"b\":1}")).hasMessageContaining("is missing");
    }
}
